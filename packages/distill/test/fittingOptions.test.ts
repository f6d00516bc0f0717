import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeArtifact, sha256Hex, type IntegerGraph } from '@bnfree/core';
import { narrowAccumulator, unpackWeights } from '@bnfree/integer-kernels';
import {
  Distiller,
  accumulatorFits,
  calibrateRange,
  compensateEndToEnd,
  correctBias,
  fitToTap,
  freezeLayer,
  initializeFromTeacher,
  memoryCheckpoints,
  pipe,
  planStudent,
  roundSoftly,
  type CompensateEndToEndOptions,
  type DistillEvent,
  type DistillOptions,
  type FitToTapOptions,
} from '../src/index.js';
import { tinyImages, tinyInput, tinyTeacher } from './tinyTeacher.js';
import { distilTiny } from './distilTiny.js';
import { expectToResume, isStep } from './expectToResume.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

const made = (
  fit: FitToTapOptions,
  tune: Partial<CompensateEndToEndOptions> = {},
  extra: DistillOptions = {},
) => distilTiny({ bits: { weights: 3, activations: 3 }, fit, tune, ...extra });

const weightsOf = (artifact: Uint8Array) =>
  decodeArtifact(artifact).nodes.flatMap(({ op }) => ('weights' in op ? [...unpackWeights(op.weights)] : []));

describe('fitToTap', () => {
  test.each(['lattice', 'interval'] as const)(
    '%s: lowers its loss and leaves the grid where it was',
    async (target) => {
      const [before, after] = [
        await made({ steps: 0 }),
        await made({ steps: 30, validateEvery: 10, target }),
      ];
      expect(after.report.layers.map(({ activationStep }) => activationStep)).toEqual(
        before.report.layers.map(({ activationStep }) => activationStep),
      );
      const fits = after.report.layers.flatMap(({ fit }) => fit ?? []);
      expect(fits.filter(({ lossBefore, lossAfter }) => lossAfter < lossBefore).length).toBeGreaterThan(1);
    },
  );

  test('teacher inputs are drawn by step: a run that stopped inside a fit gives the same bytes', async () => {
    const fit = { steps: 12, validateEvery: 4, teacherInputs: 0.5 };
    const whole = await made(fit);
    const without = await made({ ...fit, teacherInputs: 0 });
    expect(sha256Hex(without.artifact)).not.toBe(sha256Hex(whole.artifact));
    await expectToResume(
      (extra) => made(fit, {}, extra),
      isStep('fitToTap', 'conv2', 7),
      Promise.resolve(whole),
    );
  });

  test('refuses a share and a target that do not exist', () => {
    expect(() => fitToTap({ teacherInputs: 1.5 })).toThrow(expect.objectContaining({ code: 'OPTION_RANGE' }));
    expect(() => fitToTap({ target: 'latice' as never })).toThrow(
      expect.objectContaining({
        code: 'OPTION_RANGE',
        issues: [expect.objectContaining({ fix: "target: 'lattice'" })],
      }),
    );
  });
});

describe('accumulatorBits', () => {
  const distil = async (accumulatorBits: number | null) => {
    const options = {
      steps: 40,
      validateEvery: 10,
      ...(accumulatorBits === null ? {} : { accumulatorBits }),
    };
    const distiller = new Distiller({
      plan: (teacher) =>
        planStudent(teacher, { weights: { bits: 8 }, activations: { bits: 8 }, input: tinyInput }),
      layer: pipe(initializeFromTeacher(), calibrateRange(), fitToTap(options), correctBias(), freezeLayer()),
      checks: accumulatorBits === null ? [] : [accumulatorFits({ bits: accumulatorBits, of: 'products' })],
      batchSize: 16,
      fitImages: 64,
      baseline: false,
    });
    const result = await distiller.run({
      teacher: tinyTeacher(),
      data: tinyImages(80).images,
      seed: 7,
    });
    await result.model.dispose();
    return result;
  };
  const narrow = (graph: IntegerGraph) =>
    graph.nodes.flatMap(({ op }) => ('weights' in op ? [narrowAccumulator(op)?.fits] : []));

  test('proves that the sums of every layer fit 16 bits, eight bits of both and first layer included', async () => {
    const [free, bound] = [await distil(null), await distil(16)];
    expect(narrow(free.graph)).toContain(false);
    expect(narrow(bound.graph)).toEqual([true, true, true, true]);
    for (const { name, sqnrDb } of bound.report.layers)
      expect([name, sqnrDb > 15 || sqnrDb]).toEqual([name, true]);
  });

  /** The largest sum of products of any channel for the worst input, by the integers of the graph alone. */
  const worstSum = (graph: IntegerGraph) =>
    Math.max(
      ...graph.nodes.flatMap(({ op }) => {
        if (!('weights' in op)) return [];
        const weights = unpackWeights(op.weights);
        const row = weights.length / (op.weights.shape[0] ?? 1);
        const [{ quantMin, quantMax }] = op.inputs;
        const largest = Math.max(Math.abs(quantMin), Math.abs(quantMax));
        return Array.from({ length: weights.length / row }, (_, channel) =>
          weights
            .slice(channel * row, (channel + 1) * row)
            .reduce((sum, weight) => sum + Math.abs(weight) * largest, 0),
        );
      }),
    );

  test.each([
    [{ steps: 12, validateEvery: 4, learningRate: 0.02 }, undefined],
    [{ steps: 0 }, undefined],
    [{ steps: 12, validateEvery: 4, averageDecay: 0.9 }, undefined],
    [{ steps: 8, train: 'gridsAndBiases' }, undefined],
    [{ steps: 8, throughBits: [{ weights: 8, activations: 8, steps: 4 }] }, undefined],
    [undefined, { ends: ['conv1', 'bn2', 'conv2', 'fc'], steps: 8 }],
  ] as const)('holds end to end %j and in blocks %j, from layers without a bound', async (tune, blocks) => {
    const options = (bits: object): DistillOptions => ({
      bits: { weights: 6, activations: 8 },
      ...(tune === undefined ? {} : { tune: { ...tune, ...bits } }),
      ...(blocks === undefined ? {} : { blocks: { ...blocks, ...bits } }),
    });
    const [free, bound] = [
      await made({ steps: 4 }, {}, options({})),
      await made({ steps: 4 }, {}, options({ accumulatorBits: 13 })),
    ];
    expect(worstSum(free.graph)).toBeGreaterThan(2 ** 12 - 1);
    expect(worstSum(bound.graph)).toBeLessThanOrEqual(2 ** 12 - 1);
  });

  test('refuses widths that there are not, and codes that cannot keep the bound', async () => {
    expect(() => fitToTap({ accumulatorBits: 7 })).toThrow(expect.objectContaining({ code: 'OPTION_RANGE' }));
    const odd = new Distiller({
      plan: (teacher) =>
        planStudent(teacher, {
          weights: { bits: 2, code: 'odd' },
          activations: { bits: 8 },
          input: tinyInput,
        }),
      layer: pipe(
        initializeFromTeacher(),
        calibrateRange(),
        fitToTap({ steps: 1, accumulatorBits: 10 }),
        freezeLayer(),
      ),
      batchSize: 16,
      fitImages: 32,
      baseline: false,
    });
    await expect(odd.run({ teacher: tinyTeacher(), data: tinyImages(80).images })).rejects.toMatchObject({
      code: 'ACCUMULATOR_OVERFLOW',
    });
  });
});

describe('roundSoftly', () => {
  const distil = async (isSoft: boolean, checkpoint = memoryCheckpoints()) => {
    const start = pipe(initializeFromTeacher(), calibrateRange());
    const distiller = new Distiller({
      plan: (teacher) =>
        planStudent(teacher, { weights: { bits: 3 }, activations: { bits: 8 }, input: tinyInput }),
      layer: isSoft
        ? pipe(
            start,
            roundSoftly({ steps: 200, validateEvery: 20, learningRate: 0.1 }),
            correctBias(),
            freezeLayer(),
          )
        : pipe(start, correctBias(), freezeLayer()),
      batchSize: 16,
      fitImages: 64,
      baseline: false,
    });
    const data = tinyImages(80).images;
    const result = await distiller.run({ teacher: tinyTeacher(), data, seed: 7, checkpoint });
    await result.model.dispose();
    return result;
  };

  test('comes nearer to the taps than rounding to the nearest, by one level at most', async () => {
    const [nearest, soft] = [await distil(false), await distil(true)];
    const gain = (i: number) => soft.report.layers[i].sqnrDb - nearest.report.layers[i].sqnrDb;
    const fits = soft.report.layers.flatMap(({ fit }) => fit ?? []);
    expect(fits.filter(({ lossBefore, lossAfter }) => lossAfter < 0.6 * lossBefore).length).toBeGreaterThan(
      1,
    );
    soft.report.layers.forEach((_, i) => {
      expect(gain(i)).toBeGreaterThan(-0.5);
    });
    const [first] = soft.graph.nodes;
    const [before] = nearest.graph.nodes;
    if (!('weights' in first.op) || !('weights' in before.op)) throw new Error('no weights');
    const wanted = unpackWeights(before.op.weights);
    const differences = unpackWeights(first.op.weights).map((weight, i) => Math.abs(weight - wanted[i]));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  });
});

describe('compensateEndToEnd', () => {
  const tune = { steps: 12, validateEvery: 3, learningRate: 0.02, stepLearningRate: 0.01 };

  test('trains the grids and biases alone where it is told so', async () => {
    const plain = await made({ steps: 0 });
    const tuned = await made({ steps: 0 }, { ...tune, train: 'gridsAndBiases' });
    expect(weightsOf(tuned.artifact)).toEqual(weightsOf(plain.artifact));
    expect(sha256Hex(tuned.artifact)).not.toBe(sha256Hex(plain.artifact));
  });

  test('has the errors of the taps within in its loss, less and less', async () => {
    const run = async (tapWeight: number) => {
      const losses: number[] = [];
      const onEvent = (event: DistillEvent): void => {
        if (event.type === 'step' && event.pass === 'compensateEndToEnd') losses.push(event.loss);
      };
      // Nothing moves, so that only the weight of the taps changes.
      const still = { ...tune, steps: 4, learningRate: 0, stepLearningRate: 0, tapWeight };
      const { report } = await made({ steps: 0 }, still, { batchSize: 64, fitImages: 64, onEvent });
      const inner = report.layers.slice(0, -1);
      return { losses, errors: inner.reduce((sum, { sqnrDb }) => sum + 10 ** (-sqnrDb / 10), 0) };
    };
    const [without, once, twice] = [await run(0), await run(1), await run(2)];
    const taps = once.losses.map((loss, i) => loss - without.losses[i]);
    expect(taps[0] / once.errors).toBeGreaterThan(0.5);
    expect(taps[0] / once.errors).toBeLessThan(2);
    taps.forEach((tap, i) => {
      expect(tap / (1 - i / 4)).toBeCloseTo(taps[0], 0);
      expect(twice.losses[i] - without.losses[i]).toBeCloseTo(2 * tap, 4);
    });
  });

  test('refuses weights of taps that there are not, and such of stages without steps', () => {
    expect(() => compensateEndToEnd({ steps: 1, tapWeight: -1 })).toThrow(
      expect.objectContaining({ code: 'OPTION_RANGE' }),
    );
    expect(() => compensateEndToEnd({ steps: 0, tapWeight: 1 })).toThrow(
      expect.objectContaining({ code: 'OPTION_WITHOUT_EFFECT' }),
    );
  });

  test.each([
    ['a running mean is', { averageDecay: 0.9 }],
    ['weights of taps are', { tapWeight: 2 }],
  ])('%s kept through a stop', async (_, extra) => {
    const averaged = { ...tune, ...extra };
    const whole = await made({ steps: 0 }, averaged);
    const plain = await made({ steps: 0 }, tune);
    expect(sha256Hex(plain.artifact)).not.toBe(sha256Hex(whole.artifact));
    await expectToResume(
      (more) => made({ steps: 0 }, averaged, more),
      isStep('compensateEndToEnd', 'tiny', 7),
      Promise.resolve(whole),
    );
  });
});
