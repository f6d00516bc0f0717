import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Distiller, thresholdRecipe } from '@bnfree/distill';
import { alexnet } from '@bnfree/models-alexnet';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { doReFaTeacher } from '../src/doReFaTeacher.js';
import { startBackend } from '../src/startBackend.js';

const pixelCount = 8 * 8 * 3;
let float: tfl.LayersModel;
let lowBit: tfl.LayersModel;

beforeAll(async () => {
  await startBackend('wasm');
  float = alexnet({ variant: 'cifar', inputSize: 8, classes: 3, seed: 2 });
  lowBit = doReFaTeacher(float, { weights: 2, activations: 2 });
});
afterAll(() => {
  float.dispose();
  lowBit.dispose();
});

const pixels = (count: number) =>
  Uint8Array.from({ length: count * pixelCount }, (_, index) => (index * 7919 + (index >> 4) * 31) % 256);
const images = (count: number) => tf.mul(tf.sub(tf.tensor4d(pixels(count), [count, 8, 8, 3]), 128), 1 / 128);

describe('doReFaTeacher', () => {
  test('keeps the layers, but for dropout, with 8 bits at both ends', () => {
    const kinds = lowBit.layers.map((layer) => [layer.name, layer.getConfig()['weightBits'] ?? null]);
    expect(kinds.filter(([, bits]) => bits !== null)).toEqual([
      ['conv1', 8],
      ['conv2', 2],
      ['conv3', 2],
      ['conv4', 2],
      ['conv5', 2],
      ['fc6', 2],
      ['fc7', 2],
      ['fc8', 8],
    ]);
    expect(kinds.map(([name]) => name)).not.toContain('drop6');
    expect(kinds.map(([name]) => name)).toContain('bn7');
  });

  test('its activations are the four levels, all of them taken', () => {
    const tap = tfl.model({
      inputs: lowBit.inputs,
      outputs: lowBit.getLayer('relu1').output,
    });
    const values = (tap.predict(images(8)) as tf.Tensor).dataSync();
    const levels = new Set(Array.from(values, (value) => Math.round(value * 3 * 1e4) / 1e4));
    expect([...levels].sort()).toEqual([0, 1, 2, 3]);
  });

  test('its logits are worth what the last kernel and its inputs were divided by', () => {
    const kernel = float.getLayer('fc8').getWeights()[0].dataSync();
    const largest = Math.tanh(Math.max(...kernel.map(Math.abs)));
    // Gains of an untrained normalization are one; 0 .. 1 covers twice that.
    expect(lowBit.getLayer('logits').getConfig()['scale']).toBeCloseTo(2 * largest, 5);
  });

  test('saved and loaded it computes the same', async () => {
    let saved: tf.io.ModelArtifacts | undefined;
    await lowBit.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts;
        return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) });
      }),
    );
    const loaded = await tfl.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
    const logitsOf = (model: tfl.LayersModel) => [...(model.predict(images(2)) as tf.Tensor).dataSync()];
    expect(logitsOf(loaded)).toEqual(logitsOf(lowBit));
    loaded.dispose();
  });

  test('has an exact integer student', async () => {
    const count = 24;
    const distiller = new Distiller(
      thresholdRecipe({ input: { zeroPoint: 128, scale: { numerator: 1, denominator: 128 } } }),
    );
    const { model } = await distiller.run({ teacher: lowBit, data: { images: pixels(count) } });
    const { output } = await model.run(pixels(count));
    const wanted = (lowBit.predict(images(count)) as tf.Tensor).dataSync();
    const classes = (logits: ArrayLike<number>) =>
      Array.from({ length: count }, (_, index) => {
        const scores = Array.from({ length: 3 }, (_unused, i) => logits[index * 3 + i]);
        return scores.indexOf(Math.max(...scores));
      });
    expect(classes(output)).toEqual(classes(wanted));
    await model.dispose();
  });
});
