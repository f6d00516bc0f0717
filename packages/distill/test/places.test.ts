import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { IntegerModel, verify } from '@bnfree/core';
import { typescriptBackend, wasmBackend } from '@bnfree/integer-kernels';
import { distillLayerwise, type DistillOptions } from '../src/index.js';
import { through } from './through.js';
import { fillWeights, tinyClasses, tinyImages, tinyInput, tinyShape } from './tinyTeacher.js';
import { useWasm } from './wasmForTests.js';

const { layers } = tfl;
type Value = tfl.SymbolicTensor;
type Part = { apply(x: Value): unknown };

beforeAll(async () => {
  await useWasm();
});

const conv = (name: string, settings: object = {}) =>
  layers.conv2d({ name, filters: 4, kernelSize: 3, padding: 'same', useBias: false, ...settings });
const bn = (name: string, settings: object = {}) =>
  layers.batchNormalization({ name: name.replace('bn', 'norm'), ...settings });
const relu = (name: string) => layers.reLU({ name });
const end = (): Part[] => [
  layers.flatten({ name: 'flat' }),
  layers.dense({ name: 'fc', units: tinyClasses }),
];

/** A small model from image to logits. */
function modelOf(build: (image: Value) => Value): tfl.LayersModel {
  const image = tfl.input({ shape: [...tinyShape], name: 'image' });
  const model = tfl.model({ name: 'small', inputs: image, outputs: build(image) });
  fillWeights(model, 4);
  turnGammas(model);
  return model;
}

/** Every gamma of channel 1 below zero. */
function turnGammas(model: tfl.LayersModel): void {
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue;
    const weights = layer.getWeights();
    const turned = layer.weights.map(({ name }, i) =>
      name.includes('gamma')
        ? tf.tensor1d(weights[i].dataSync().map((gamma, channel) => (channel === 1 ? -gamma : gamma)))
        : weights[i],
    );
    layer.setWeights(turned);
  }
}

/** A nested model that is used twice, with a normalization of its own before its convolution. */
function sharedBase(): tfl.LayersModel {
  const inner = tfl.input({ shape: [6, 6, 4], name: 'inner' });
  const outputs = through(inner, bn('bnS'), relu('reluS'), conv('convS'));
  const base = tfl.model({ name: 'base', inputs: inner, outputs });
  fillWeights(base, 6);
  return base;
}

const teachers: Readonly<Record<string, () => tfl.LayersModel>> = {
  'normalization at the input, twice in a row, and behind an activation': () =>
    modelOf((x) =>
      through(
        x,
        bn('bn0'),
        conv('c1'),
        bn('bn1'),
        bn('bn2'),
        relu('r1'),
        bn('bn3'),
        conv('c2'),
        relu('r2'),
        ...end(),
      ),
    ),
  'pre-activation: normalization and ReLU before each convolution, sums in between': () =>
    modelOf((x) => {
      const stem = through(x, conv('c1'));
      const block = (value: Value, i: number) =>
        layers
          .add({ name: `sum${i}` })
          .apply([value, through(value, bn(`bn${i}`), relu(`r${i}`), conv(`c${i}b`))]) as Value;
      return through(block(block(stem, 1), 2), bn('bnE'), relu('rE'), ...end());
    }),
  'normalization alone: behind pools, a sum, a concatenation, a flatten and a dense layer': () =>
    modelOf((x) => {
      const stem = through(x, conv('c1'), layers.maxPooling2d({ name: 'pool', poolSize: 2 }), bn('bn1'));
      const sum = layers.add({ name: 'sum' }).apply([stem, through(stem, conv('c2'))]) as Value;
      const normalized = through(sum, bn('bn2'));
      const joined = layers.concatenate({ name: 'joined' }).apply([normalized, stem]) as Value;
      return through(
        joined,
        bn('bn3'),
        layers.averagePooling2d({ name: 'average', poolSize: 2, strides: 1 }),
        bn('bn4'),
        layers.flatten({ name: 'flat' }),
        bn('bn5'),
        layers.dense({ name: 'fc', units: tinyClasses }),
        bn('bn6'),
      );
    }),
  'normalization without gamma, without beta, without both, and followed by a max-pool of values below zero':
    () =>
      modelOf((x) =>
        through(
          x,
          conv('c1'),
          bn('bn1', { scale: false }),
          layers.maxPooling2d({ name: 'pool', poolSize: 2, strides: 1, padding: 'same' }),
          conv('c2'),
          bn('bn2', { center: false }),
          relu('r2'),
          conv('c3'),
          bn('bn3', { scale: false, center: false }),
          ...end(),
        ),
      ),
  'dilated and strided convolutions behind uneven zero padding': () =>
    modelOf((x) =>
      through(
        x,
        layers.zeroPadding2d({
          name: 'pad1',
          padding: [
            [2, 1],
            [0, 3],
          ] as never,
        }),
        conv('c1', { padding: 'valid', dilationRate: 2 }),
        bn('bn1'),
        relu('r1'),
        layers.zeroPadding2d({ name: 'pad2', padding: 1 }),
        layers.depthwiseConv2d({ name: 'd1', kernelSize: 2, strides: 2, padding: 'valid' }),
        bn('bn2'),
        conv('c2', { kernelSize: [1, 2], dilationRate: [1, 2], padding: 'same' }),
        ...end(),
      ),
    ),
  'reshapes from images to vectors and back': () =>
    modelOf((x) =>
      through(
        x,
        layers.reshape({ name: 'vector', targetShape: [72] }),
        layers.dense({ name: 'd1', units: 36, activation: 'relu' }),
        layers.reshape({ name: 'image2', targetShape: [3, 3, 4] }),
        bn('bn1'),
        conv('c1', { padding: 'valid' }),
        layers.reshape({ name: 'last', targetShape: [4] }),
        layers.dense({ name: 'fc', units: tinyClasses }),
      ),
    ),
  'a nested model that is used twice, its output normalized outside': () => {
    const base = sharedBase();
    return modelOf((x) => {
      const first = base.apply(through(x, conv('c1'))) as Value;
      const second = base.apply(through(first, bn('bnM'), relu('rM'))) as Value;
      return through(second, bn('bnE'), ...end());
    });
  },
  'a separable convolution with a dilation, and sequential models inside': () =>
    modelOf((x) => {
      const stem = tfl.sequential({
        name: 'stem',
        layers: [
          conv('c1', { inputShape: [...tinyShape] }),
          bn('bn1'),
          layers.separableConv2d({
            name: 'sep',
            filters: 5,
            kernelSize: 3,
            dilationRate: 2,
            padding: 'same',
          }),
          bn('bn2'),
          relu('r2'),
        ],
      });
      return through(
        stem.apply(x) as Value,
        layers.globalAveragePooling2d({ name: 'mean' }),
        bn('bn3'),
        layers.dense({ name: 'fc', units: tinyClasses }),
      );
    }),
};

const options = {
  input: tinyInput,
  requantization: 'perChannel',
  fit: { steps: 6, validateEvery: 3 },
  tune: { steps: 3, validateEvery: 3 },
  fitImages: 48,
  batchSize: 16,
  baseline: false,
  seed: 7,
} satisfies DistillOptions;

describe('a teacher with', () => {
  test.each(Object.entries(teachers))('%s is followed, to the same bytes everywhere', async (_, build) => {
    const { model, artifact, report, graph } = await distillLayerwise(
      build(),
      tinyImages(80).images,
      options,
    );
    await model.dispose();
    for (const { name, sqnrDb } of [...report.layers, ...report.merges]) {
      expect([name, sqnrDb > 22 || sqnrDb]).toEqual([name, true]);
    }
    expect(report.validation.teacherAgreement).toBeGreaterThanOrEqual(75);
    expect(verify(artifact)).toMatchObject({ passed: true });
    const names = graph.nodes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const outputs = [];
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      const loaded = await IntegerModel.load(artifact, { backend });
      outputs.push((await loaded.run(tinyImages(9, 11).images)).output);
      await loaded.dispose();
    }
    expect(outputs[1]).toEqual(outputs[0]);
  });
});
