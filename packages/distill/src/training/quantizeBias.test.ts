import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import * as fc from 'fast-check';
import { biasPlace, nearestProducts, quantizeBias } from './quantizeBias.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const simulated = (bias: number, weightStep: number, inputScale: number): number =>
  tf.tidy(
    () => quantizeBias(tf.tensor1d([bias]), tf.tensor1d([weightStep]), tf.scalar(inputScale)).dataSync()[0],
  );

describe('quantizeBias', () => {
  test('gives the whole products that the integers have, for any bias and steps', () => {
    const step = fc.float({ min: Math.fround(1e-6), max: 8, noNaN: true });
    fc.assert(
      fc.property(
        fc.float({ min: -1e6, max: 1e6, noNaN: true }),
        step,
        step,
        (bias, weightStep, inputScale) => {
          const whole = nearestProducts(bias, weightStep, inputScale);
          const product = Math.fround(weightStep * inputScale);
          // The float32 of what the integer is worth: 2^31 - 1 is no float32.
          const worth = Math.fround(Math.fround(whole) * product);
          expect(simulated(bias, weightStep, inputScale)).toBe(worth + 0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    [0.5, 1],
    [-0.5, 0],
    [1.5, 2],
    [-1.5, -1],
    [-2.5, -2],
    [0.25, 0],
    [2 ** 22 + 0.5, 2 ** 22 + 1],
    [2 ** 24 + 2, 2 ** 24 + 2],
    [-(2 ** 30) - 128, -(2 ** 30) - 128],
    [2 ** 40, 2 ** 31 - 1],
    [-(2 ** 40), -(2 ** 31)],
  ])('%f products are %i', (products, whole) => {
    expect(nearestProducts(products / 64, 1 / 8, 1 / 8)).toBe(whole);
    expect(simulated(products / 64, 1 / 8, 1 / 8)).toBe(Math.fround(whole) / 64 + 0);
  });

  test('one step, or one a channel', () => {
    const inputScale = tf.scalar(0.5);
    const bias = tf.tensor1d([0.3, 0.3]);
    expect([...quantizeBias(bias, tf.tensor1d([0.5]), inputScale).dataSync()]).toEqual([0.25, 0.25]);
    expect([...quantizeBias(bias, tf.tensor1d([0.5, 2]), inputScale).dataSync()]).toEqual([0.25, 0]);
  });

  test('passes the gradient to the bias, and none to the steps', () => {
    const [toBias, toWeightStep, toInputScale] = tf.grads((b: tf.Tensor, w: tf.Tensor, s: tf.Tensor) => {
      const weighted = tf.mul(quantizeBias(b, w, s), tf.tensor1d([1, 2, 3]));
      // A path of its own, without which tfjs takes them for a mistake.
      return tf.add(tf.sum(weighted), tf.add(tf.sum(w), s));
    })([tf.tensor1d([0.3, -7.7, 1e9]), tf.tensor1d([0.5]), tf.scalar(0.125)]);
    expect([...toBias.dataSync()]).toEqual([1, 2, 3]);
    expect([...toWeightStep.dataSync()]).toEqual([1]);
    expect([...toInputScale.dataSync()]).toEqual([1]);
  });
});

test('biasPlace: logits of every scheme have a bias in their sums', () => {
  const activations = { bits: 4 };
  expect(biasPlace({ requantization: 'divide', activations })).toBe('none');
  expect(biasPlace({ requantization: 'divide', activations: null })).toBe('sums');
  expect(biasPlace({ requantization: 'thresholds', activations })).toBe('thresholds');
  expect(biasPlace({ requantization: 'thresholds', activations: null })).toBe('sums');
  expect(biasPlace({ requantization: 'shiftPerChannel', activations })).toBe('sums');
});
