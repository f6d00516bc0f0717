import { describe, expect, test } from '@jest/globals';
import { accuracyPage } from '../src/accuracyPage.js';
import { packRight, type StoredRow } from '../src/accuracyRow.js';
import { compareRows } from '../src/compareRows.js';
import { rowId, rowSpecs } from '../src/rowSpec.js';
import { distillationCost, stepsOfCost } from '../src/methods/trainingCost.js';

function row(changes: Partial<StoredRow>, wrong: readonly number[]): StoredRow {
  const right = Uint8Array.from({ length: 100 }, (_, index) => (wrong.includes(index) ? 0 : 1));
  return {
    teacher: 'alexnet-bn-cifar10',
    setting: 'W4A4',
    method: 'distilled',
    requantization: 'perLayer',
    seed: 1,
    teacherTop1: 96,
    top1: 100 - wrong.length,
    gap: wrong.length - 4,
    steps: 100,
    macs: 2e9,
    artifactBytes: 1000,
    seconds: 60,
    testImages: 100,
    right: packRight(right),
    ...changes,
  };
}

describe('compareRows', () => {
  test('compares with the controls of the same setting and seed, ptq of any seed', () => {
    const rows = [
      row({ method: 'ptq', artifactBytes: 900 }, [1, 2, 3, 4, 5, 6, 7, 8]),
      row({ method: 'direct' }, [1, 2]),
      row({}, [1, 20]),
      row({ seed: 2 }, [1]),
      row({ setting: 'W2A2' }, [1]),
    ];
    const [ptq, direct, first, second, other] = compareRows(rows).map(({ against }) => against);
    expect(ptq.direct).toMatchObject({ better: 0, worse: 6 });
    expect(ptq.direct?.p).toBeCloseTo(2 / 64, 12);
    expect(direct.ptq?.better).toBe(6);
    expect(first.direct).toEqual({ better: 1, worse: 1, p: 1 });
    expect(first.ptq).toMatchObject({ better: 7, worse: 1 });
    expect(Object.keys(second)).toEqual(['ptq']);
    expect(other).toEqual({});
  });

  test('leaves out which images were right: the file is read by people', () => {
    expect(compareRows([row({}, [1])])[0]).not.toHaveProperty('right');
  });
});

describe('accuracyPage', () => {
  test('says whether the goal is reached, and means over seeds', () => {
    const page = accuracyPage(compareRows([row({}, [1, 2, 3, 4]), row({ seed: 2 }, [1, 2, 3, 4, 5, 6])]));
    expect(page).toContain('| W4A4 | distilled | perLayer | 1 | 96.00 | 0.00 | 0.3 reached |');
    expect(page).toContain('| W4A4 | distilled | perLayer | 2 | 94.00 | 2.00 | 0.3 missed |');
    expect(page).toContain('| W2A2 | -3, -1, 1, 3 | 150 |');
    expect(page).toContain('| W8A8 | -128 to 127 | 100 | 0 |  |  |');
    expect(page).toContain('- W4A4 distilled perLayer: mean gap 1.00 over 2 seeds (0.00, 2.00)');
  });

  test('holds a shift a channel to a goal of its own, and controls to none', () => {
    const oneBit = { setting: 'W1A2', requantization: 'shiftPerChannel' } as const;
    const page = accuracyPage(compareRows([row(oneBit, [1]), row({ ...oneBit, method: 'direct' }, [1])]));
    expect(page).toContain('| W1A2 | distilled | shiftPerChannel | 1 | 99.00 | -3.00 | 3.5 reached |');
    expect(page).toContain('| W1A2 | direct | shiftPerChannel | 1 | 99.00 | -3.00 |  |');
  });
});

describe('the queue', () => {
  test('has no row twice', () => {
    const ids = rowSpecs().map(rowId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('training cost', () => {
  test('gives the direct control as much work as both stages have', () => {
    const shape = { modelMacs: 1e6, layers: 8 };
    const { macs, steps } = distillationCost({ fitSteps: 100, tuneSteps: 400 }, shape);
    expect(steps).toBe(8 * 100 + 400);
    const direct = stepsOfCost(macs, shape.modelMacs, true);
    expect(direct).toBe(525);
    expect(distillationCost({ fitSteps: 0, tuneSteps: direct }, shape).macs).toBe(macs);
    expect(stepsOfCost(macs, shape.modelMacs, false)).toBe(700);
  });
});
