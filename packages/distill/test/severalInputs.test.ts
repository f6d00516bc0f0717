import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { IntegerModel, sha256Hex, verify } from '@bnfree/core';
import { typescriptBackend, wasmBackend } from '@bnfree/integer-kernels';
import { distillLayerwise, type DistillOptions } from '../src/index.js';
import { randomStream } from '../src/random/randomStream.js';
import { through } from './through.js';
import { fillWeights, shortRun } from './tinyTeacher.js';
import { isEnd, stoppedRun } from './expectToResume.js';
import { useWasm } from './wasmForTests.js';

const { layers } = tfl;

beforeAll(async () => {
  await useWasm();
});

/** An image and a vector in; classes, a map, one number, and values that the rest of the network takes as well out. */
function forkedTeacher(): tfl.LayersModel {
  const image = tfl.input({ shape: [6, 6, 2], name: 'image' });
  const facts = tfl.input({ shape: [3], name: 'facts' });
  const conv = layers.conv2d({ name: 'conv', filters: 6, kernelSize: 3, padding: 'same' });
  const features = through(
    image,
    conv,
    layers.batchNormalization({ name: 'bn' }),
    layers.reLU({ name: 'relu' }),
  );
  const map = through(features, layers.conv2d({ name: 'map', filters: 2, kernelSize: 1 }));
  const pooled = through(features, layers.globalAveragePooling2d({ name: 'mean' }));
  const known = through(facts, layers.dense({ name: 'known', units: 4, activation: 'relu' }));
  const joined = layers.concatenate({ name: 'joined' }).apply([pooled, known]) as tfl.SymbolicTensor;
  const classes = through(
    joined,
    layers.dense({ name: 'classes', units: 4 }),
    layers.softmax({ name: 'softmax' }),
  );
  const number = through(joined, layers.dense({ name: 'number', units: 1 }));
  const outputs = [classes, map, number, joined];
  const model = tfl.model({ name: 'forked', inputs: [image, facts], outputs });
  fillWeights(model, 2);
  return model;
}

function drawInputs(count: number, seed: number) {
  const stream = randomStream(seed, 'inputs');
  const draw = (size: number) => Uint8Array.from({ length: count * size }, () => stream.nextInt(0, 255));
  return { image: draw(72), facts: draw(3) };
}

const options = {
  ...shortRun,
  inputs: { facts: { zeroPoint: 0, scale: { numerator: 1, denominator: 100 } } },
  baseline: false,
} satisfies DistillOptions;

const data = () => ({ images: drawInputs(80, 5) });

const distil = (extra: DistillOptions = {}) =>
  distillLayerwise(forkedTeacher(), data(), { ...options, ...extra });

describe('a teacher of several inputs and outputs', () => {
  test('becomes a model with the same names, that every backend runs to the same bytes near the teacher', async () => {
    const { model, artifact, report } = await distil();
    await model.dispose();
    expect(verify(artifact)).toMatchObject({ passed: true });
    expect(report.student.outputs).toEqual(['classes', 'map', 'number', 'joined']);
    expect(report.validation.teacherAgreement).toBeGreaterThanOrEqual(75);
    const pixels = drawInputs(9, 11);
    const results = [];
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      const loaded = await IntegerModel.load(artifact, { backend });
      expect(await loaded.selfTest()).toMatchObject({ passed: true });
      results.push((await loaded.run(pixels)).outputs);
      await loaded.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(
      Object.entries(results[0]).map(([name, { constructor, length }]) => [name, constructor.name, length]),
    ).toEqual([
      ['classes', 'Int32Array', 9 * 4],
      ['map', 'Int32Array', 9 * 72],
      ['number', 'Int32Array', 9],
      ['joined', 'Uint8Array', 9 * 10],
    ]);
    for (const { name, sqnrDb } of [...report.layers, ...report.merges]) {
      expect([name, sqnrDb > 20]).toEqual([name, true]);
    }
  });

  test('the tandem passes compare all outputs, those that are made already too, and leave no tensor behind', async () => {
    const teacher = forkedTeacher();
    const before = tf.memory().numTensors;
    for (const tail of ['frozen', 'retrained'] as const) {
      const extra = { tail, retrainTail: { steps: 4, validateEvery: 2 } };
      const { model } = await distillLayerwise(teacher, data(), { ...options, ...extra });
      await model.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('resumes to the bytes of an undisturbed run, from a stream of batches as from arrays', async () => {
    const bits = { weights: 4, activations: 4 };
    const wanted = sha256Hex((await distil({ bits })).artifact);
    const checkpoint = await stoppedRun((extra) => distil({ bits, ...extra }), isEnd('known'));
    const { image, facts } = drawInputs(80, 5);
    const batches = [0, 40].map((start) => ({
      xs: {
        image: tf.tensor4d(image.subarray(start * 72, (start + 40) * 72), [40, 6, 6, 2], 'int32'),
        facts: facts.subarray(start * 3, (start + 40) * 3),
      },
    }));
    const { artifact, model } = await distillLayerwise(forkedTeacher(), batches, {
      ...options,
      bits,
      checkpoint,
    });
    await model.dispose();
    tf.dispose(batches.map(({ xs }) => xs.image));
    expect(sha256Hex(artifact)).toBe(wanted);
  });

  test('images cannot be flipped or shifted together with what is no image', async () => {
    await expect(distil({ augmentation: { flip: true } })).rejects.toMatchObject({ code: 'AUGMENTATION' });
  });
});
