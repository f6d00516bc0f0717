import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { distillLayerwise } from '../src/distillLayerwise.js';
import type { DistillOptions } from '../src/distillOptions.js';
import { openTeacher } from '../src/teacher/openTeacher.js';
import type { Teacher } from '../src/teacher/teacher.js';
import { shortRun, tinyImages, tinyTeacher } from './tinyTeacher.js';
import { useWasm } from './wasmForTests.js';

let undo: () => void;
beforeAll(async () => {
  undo = await useWasm();
});
afterAll(() => {
  undo();
});

/** A call of a teacher: how many images, and what it was given. */
interface Call {
  readonly images: number;
  readonly feeds: readonly string[];
  readonly fetches: readonly string[];
}

/** A teacher that tells of its calls. */
function heard(teacher: Teacher, calls: Call[]): Teacher {
  const { name, nodes, inputs, outputs, digest } = teacher;
  return {
    ...{ name, nodes, inputs, outputs, digest },
    parameters: (node) => teacher.parameters(node),
    evaluate(feeds, fetches) {
      const [first] = feeds.values();
      calls.push({ images: first.shape[0], feeds: [...feeds.keys()], fetches });
      return teacher.evaluate(feeds, fetches);
    },
  };
}

/** Runs and gives what came of it: the file, the teacher's calls, and tensors that are left over. */
async function run(options: DistillOptions, count = 80) {
  const model = tinyTeacher();
  const teacher = openTeacher(model);
  const calls: Call[] = [];
  const before = tf.memory().numTensors;
  const { images } = tinyImages(count);
  const result = await distillLayerwise(heard(teacher, calls), images, { ...shortRun, ...options });
  await result.model.dispose();
  const left = tf.memory().numTensors - before;
  model.dispose();
  return { calls, left, ...result };
}

const largestCall = (calls: readonly Call[]): number => Math.max(...calls.map(({ images }) => images));

describe('memoryBytes', () => {
  test('bounds how many images are computed at once, and changes no byte of the student', async () => {
    const common = { batchSize: 2, fitImages: 80 } as const;
    const plain = await run(common);
    expect(largestCall(plain.calls)).toBe(64);
    // The largest value of the tiny teacher has 6 x 6 x 6 floats, 864 bytes: 64 KiB / 16 is four of them, and a little.
    const bounded = await run({ ...common, memoryBytes: 2 ** 16 });
    expect(largestCall(bounded.calls)).toBe(4);
    expect(bounded.artifact).toEqual(plain.artifact);
    expect([plain.left, bounded.left]).toEqual([0, 0]);
    const qualities = ({ report }: typeof plain) => report.layers.map(({ sqnrDb }) => sqnrDb.toFixed(3));
    expect(qualities(bounded)).toEqual(qualities(plain));
    for (const [index, { outputHistogram }] of bounded.report.layers.entries())
      expect(outputHistogram).toEqual(plain.report.layers[index].outputHistogram);
  });

  test("values too large to wait before a layer are computed from the teacher's input", async () => {
    const fed = ({ calls }: { readonly calls: readonly Call[] }): string[] => [
      ...new Set(
        calls
          .filter(({ fetches }) => fetches.includes('softmax') || fetches.includes('fc'))
          .flatMap(({ feeds }) => feeds),
      ),
    ];
    const options = { baseline: false, tune: { steps: 0 } } as const;
    const plain = await run(options);
    const bounded = await run({ ...options, memoryBytes: 1024 });
    expect(bounded.artifact).toEqual(plain.artifact);
    expect(fed(plain).length).toBeGreaterThan(1);
    expect(fed(bounded)).toHaveLength(1);
  });

  test('few images without augmentation are computed once for each layer, however long the fit', async () => {
    const options = {
      baseline: false,
      tune: { steps: 0 },
      fit: { steps: 0 },
      fitImages: 6400,
      batchSize: 10,
    } as const;
    const few = await run(options, 20);
    const computed = few.calls.reduce((sum, { images }) => sum + images, 0);
    // Three layers: 18 images move on, calibration and the bias's correction look at 256 each, 2 held-out images are measured.
    expect(computed).toBeLessThan(3 * 700);
    const changed = await run({ ...options, augmentation: { flip: true } }, 20);
    const all = changed.calls.reduce((sum, { images }) => sum + images, 0);
    expect(all).toBeGreaterThan(6400);
  });
});
