import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { installTrainingKernels } from '@bnfree/tfjs-wasm-training';
import { Distiller, distillLayerwise, freezeLayer, planStudent, type DistillEvent } from '../src/index.js';
import { tinyImages, tinyInput, tinyTeacher } from './tinyTeacher.js';
import { useWasm } from './wasmForTests.js';

let undoTraining: () => void;
beforeAll(async () => {
  undoTraining = await useWasm();
});

const distill = (extra: object, teacher = tinyTeacher(), data: unknown = tinyImages(40)): Promise<unknown> =>
  distillLayerwise(teacher, data as Uint8Array, { input: tinyInput, ...extra });

describe('before the long work starts', () => {
  test('an unknown option is an error with a suggestion', async () => {
    await expect(distill({ bit: { weights: 4 } })).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      issues: [{ fix: expect.stringContaining('bits') as unknown }],
    });
  });

  test('bits outside 1 to 8 are an error', async () => {
    await expect(distill({ bits: { weights: 9 } })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  test('numbers of the run are checked all at once', async () => {
    await expect(distill({ batchSize: 0, maxImages: -1 })).rejects.toMatchObject({
      issues: [{ path: 'batchSize' }, { path: 'maxImages' }],
    });
  });

  test('weights that are not finite name their layers', async () => {
    const teacher = tinyTeacher();
    const [kernel] = teacher.getLayer('fc').getWeights();
    teacher.getLayer('fc').setWeights([tf.fill(kernel.shape, NaN), tf.zeros([4])]);
    await expect(distill({}, teacher)).rejects.toMatchObject({
      code: 'NON_FINITE_WEIGHTS',
      issues: [{ path: expect.stringContaining('fc') as unknown }],
    });
  });

  test('no data, labels out of range and pixels that are no pixels are errors', async () => {
    await expect(distill({}, tinyTeacher(), new Uint8Array(0))).rejects.toMatchObject({ code: 'NO_DATA' });
    const { images } = tinyImages(40);
    const labels = new Int32Array(40).fill(4);
    await expect(distill({}, tinyTeacher(), { images, labels })).rejects.toMatchObject({
      code: 'LABELS_RANGE',
    });
    await expect(distill({}, tinyTeacher(), tf.fill([2, 6, 6, 2], 0.5))).rejects.toMatchObject({
      code: 'DATA_RANGE',
    });
  });

  test('an unsupported layer is named with its fix, and dryRun lists it without data', async () => {
    const teacher = tfl.sequential({
      layers: [
        tfl.layers.dense({ units: 3, inputShape: [4], name: 'fc1' }),
        tfl.layers.layerNormalization({ name: 'squash' }),
        tfl.layers.dense({ units: 2, name: 'fc2' }),
      ],
    });
    await expect(distill({}, teacher, new Uint8Array(40))).rejects.toMatchObject({
      code: 'UNSUPPORTED_LAYER',
    });
    const distiller = new Distiller({ plan: (t) => planStudent(t), layer: freezeLayer() as never });
    expect(distiller.dryRun(teacher)).toMatchObject({ plan: null, issues: [{ code: 'UNSUPPORTED_LAYER' }] });
    expect(distiller.dryRun(tinyTeacher())).toMatchObject({ issues: [], plan: { outputs: ['fc'] } });
  });

  test('a tfjs backend that cannot train is an error that says what to install', async () => {
    undoTraining();
    try {
      await expect(distill({})).rejects.toMatchObject({
        code: 'TRAINING_KERNEL_MISSING',
        issues: [{ fix: expect.stringContaining('installTrainingKernels') as unknown }],
      });
    } finally {
      undoTraining = installTrainingKernels();
    }
  });
});

test('a scheme without bias warns where the teacher has one', async () => {
  const warnings: DistillEvent[] = [];
  await distill({
    requantization: 'divide',
    fit: { steps: 0 },
    batchSize: 8,
    fitImages: 16,
    onEvent: (event: DistillEvent) => {
      if (event.type === 'warning') warnings.push(event);
    },
  });
  expect(warnings).toContainEqual(
    expect.objectContaining({ issue: expect.objectContaining({ code: 'LOST_BIAS' }) as unknown }),
  );
});
