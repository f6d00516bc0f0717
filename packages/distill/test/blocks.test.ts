import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import {
  Distiller,
  distillLayerwise,
  fitBlocks,
  memoryCheckpoints,
  openTeacher,
  planBlocks,
  planStudent,
  calibrateRange,
  fitToTap,
  freezeLayer,
  initializeFromTeacher,
  pipe,
  type BlockPass,
  type DistillEvent,
  type DistillOptions,
  type FitBlocksOptions,
} from '../src/index.js';
import { range } from '../src/training/imageIndices.js';
import { branchingTeacher } from './branchingTeacher.js';
import { fewImages, tinyImages, tinyInput, tinyTeacher } from './tinyTeacher.js';
import { distilTiny } from './distilTiny.js';
import { expectToResume, isStep } from './expectToResume.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

const base = {
  ...fewImages,
  bits: { weights: 3, activations: 4 },
  fit: { steps: 4, validateEvery: 4 },
  baseline: false,
} satisfies DistillOptions;

const made = (blocks: FitBlocksOptions | undefined, extra: DistillOptions = {}) =>
  distilTiny(
    { ...base, ...(blocks === undefined ? {} : { blocks }), ...extra },
    { teacher: branchingTeacher(), images: 160 },
  );

const residual: FitBlocksOptions = { ends: 'residual', steps: 40, validateEvery: 10, learningRate: 0.03 };

describe('planBlocks', () => {
  const namesOf = (ends: FitBlocksOptions['ends']) =>
    planBlocks(planStudent(openTeacher(branchingTeacher()), { input: tinyInput }), ends).map(({ units }) =>
      units.map(({ name }) => name),
    );

  test('residual: from where the branches of a sum part, to the sum', () => {
    expect(namesOf('residual')).toEqual([
      ['conv2', 'add1'],
      ['bn3', 'conv3', 'depthwise', 'add2'],
    ]);
  });

  test('by name: from the end before, whatever the order of the names', () => {
    expect(namesOf(['conv3', 'conv2'])).toEqual([
      ['conv1', 'conv2'],
      ['add1', 'bn3', 'conv3'],
    ]);
  });
});

describe('fitBlocks', () => {
  test('brings the ends of blocks nearer to their taps than layers fitted one by one, and leaves the rest', async () => {
    const [alone, together] = [await made(undefined), await made(residual)];
    const sqnr = ({ report }: typeof alone, name: string) =>
      [...report.layers, ...report.merges].find((unit) => unit.name === name)?.sqnrDb ?? 0;
    expect(sqnr(together, 'add1')).toBeGreaterThan(sqnr(alone, 'add1') + 0.2);
    expect(sqnr(together, 'add2')).toBeGreaterThan(sqnr(alone, 'add2') + 0.2);
    expect(sqnr(together, 'conv1')).toBe(sqnr(alone, 'conv1'));
    const conv1 = ({ graph }: typeof alone) => graph.nodes.find(({ name }) => name === 'conv1');
    expect(conv1(together)).toEqual(conv1(alone));
    const blocks = together.report.losses.filter(({ pass }) => pass === 'fitBlocks');
    expect(blocks.map(({ layer }) => layer)).toEqual(['add1', 'add2']);
  });

  // Shifts make many exact halves, which the last bit of a float step decides.
  test.each([
    ['perLayer', 2e-3],
    ['perChannel', 2e-3],
    ['shiftPerLayer', 0.05],
  ] as const)(
    '%s: its first loss is the error of the integers that it starts from',
    async (requantization, tolerance) => {
      const ends = ['add1', 'concat', 'fc'];
      const fit = fitBlocks({ ends, steps: 1 });
      const errors: [string, number][] = [];
      const losses: [string, number][] = [];
      const block: BlockPass = {
        ...fit,
        async run(units, context) {
          const training = context.training.copy();
          const indices = range(0, training.count);
          for (const unit of units.filter(({ plan }) =>
            context.block.units.some(({ name }) => name === plan.name),
          )) {
            if (unit.plan === context.block.end) {
              const parts: tf.Tensor[] = [];
              for await (const { values } of training.frozenOutputs(unit, training.count)) parts.push(values);
              const got = tf.concat(parts);
              const [tap] = training.teacherValues(indices, [unit.plan.tap]);
              const [heldOut] = context.validation.teacherValues(range(0, context.validation.count), [
                unit.plan.tap,
              ]);
              const ratio = tf.tidy(() =>
                tf.div(tf.mean(tf.squaredDifference(got, tap)), tf.mean(tf.square(heldOut))),
              );
              errors.push([unit.plan.name, ratio.dataSync()[0]]);
              tf.dispose([...parts, got, tap, heldOut, ratio]);
            } else await training.advance(unit);
          }
          return fit.run(units, context);
        },
      };
      const distiller = new Distiller({
        plan: (teacher) =>
          planStudent(teacher, {
            weights: { bits: 3 },
            activations: { bits: 4 },
            requantization,
            input: tinyInput,
          }),
        layer: pipe(initializeFromTeacher(), calibrateRange(), fitToTap({ steps: 0 }), freezeLayer()),
        block,
        fitImages: 16,
        batchSize: 16,
        baseline: false,
      });
      const onEvent = (event: DistillEvent) => {
        if (event.type === 'step' && event.pass === 'fitBlocks') losses.push([event.layer, event.loss]);
      };
      const data = tinyImages(80).images;
      const { model } = await distiller.run({ teacher: branchingTeacher(), data, onEvent });
      await model.dispose();
      expect(losses.map(([name]) => name)).toEqual(ends);
      losses.forEach(([, loss], i) => {
        expect(Math.abs(loss / errors[i][1] - 1)).toBeLessThan(tolerance);
      });
    },
  );

  test.each([
    ['fitBlocks', 'add2', {}],
    ['fitBlocks', 'add2', { teacherInputs: 0.5, freezeOscillations: { threshold: 0.02, momentum: 0.4 } }],
    ['fitToTap', 'conv3', {}],
    ['compensateEndToEnd', 'branching', {}],
  ] as const)('a run that stopped in %s of %s gives the same bytes %j', async (pass, layer, options) => {
    const blocks = { ...residual, steps: 8, validateEvery: 4, ...options };
    const extra = {
      tune: { steps: 4, validateEvery: 2 },
      tail: 'retrained',
      retrainTail: { steps: 2 },
    } as const;
    await expectToResume((more) => made(blocks, { ...extra, ...more }), isStep(pass, layer, 3));
  });

  test('another block is another run', async () => {
    const checkpoint = memoryCheckpoints();
    await made({ ends: 'residual', steps: 1 }, { checkpoint });
    await expect(made({ ends: ['add1'], steps: 1 }, { checkpoint })).rejects.toMatchObject({
      code: 'CHECKPOINT_OF_ANOTHER_RUN',
    });
  });

  test('leaves no tensor behind', async () => {
    const teacher = branchingTeacher();
    const before = tf.memory().numTensors;
    const blocks = { ...residual, steps: 4, teacherInputs: 0.25 };
    const { model } = await distillLayerwise(teacher, tinyImages(80).images, { ...base, blocks });
    await model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses ends that the plan does not have, before any data is read', async () => {
    expect(() => fitBlocks({ ends: 'residuals' as never })).toThrow(
      expect.objectContaining({
        issues: [expect.objectContaining({ code: 'OPTION_RANGE', fix: "blocks.ends: 'residual'" })],
      }),
    );
    const plan = (teacher: Parameters<typeof planStudent>[0]) => planStudent(teacher, { input: tinyInput });
    const layer = pipe(initializeFromTeacher(), calibrateRange(), freezeLayer());
    const issues = (ends: FitBlocksOptions['ends']) =>
      new Distiller({ plan, layer, block: fitBlocks({ ends }) }).dryRun(tinyTeacher()).issues;
    expect(issues(['conv3'])).toMatchObject([{ code: 'OPTION_RANGE', fix: "'conv1'" }]);
    expect(issues('residual')).toMatchObject([{ code: 'OPTION_WITHOUT_EFFECT', fix: "ends: ['bn2']" }]);
    await expect(
      distillLayerwise(tinyTeacher(), tinyImages(80).images, { ...base, blocks: { ends: ['conv3'] } }),
    ).rejects.toMatchObject({ code: 'OPTION_RANGE' });
  });
});
