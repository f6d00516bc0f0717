import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import type { QuantizableLayer } from '../layers/stages.js';
import { trainableOf } from '../trainable/index.js';
import type { RuledLayer } from './ruledLayer.js';
import { standardizeWeights } from './standardizeWeights.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const layers: readonly (readonly ['dense' | 'conv2d' | 'depthwiseConv2d', readonly number[]])[] = [
  ['dense', [6, 3]],
  ['conv2d', [2, 3, 2, 3]],
  ['depthwiseConv2d', [3, 2, 2, 1]],
];

function ruledLayer(kind: string, kernelShape: readonly number[], kernel: Float32Array): RuledLayer {
  return {
    layer: {
      plan: { name: 'layer', operation: { kind } },
      parameters: { kernelShape, kernel },
    } as unknown as QuantizableLayer,
    input: { shape: [1], type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 15 },
    weightStep: () => tf.scalar(1),
  };
}

describe.each(layers)('standardizeWeights of %s', (kind, shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const trainable = trainableOf({ kind });
  const channels = trainable.outputChannels(shape);
  const kernels = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: size, maxLength: size });
  const seen = (ruled: RuledLayer, tensors: Record<string, tf.Tensor>) =>
    standardizeWeights([ruled], { weights: 1, steps: 1 }).view?.(tensors, {}, 0)['layer/kernel'].dataSync();

  test('begins with the weights that it is given', () => {
    fc.assert(
      fc.property(kernels, (weights) => {
        const kernel = Float32Array.from(weights, (w) => w / 500);
        const ruled = ruledLayer(kind, shape, kernel);
        tf.tidy(() => {
          const { parameters = [] } = standardizeWeights([ruled], { weights: 1, steps: 1 });
          const own = Object.fromEntries(parameters.map(({ name, values }) => [name, tf.tensor1d(values)]));
          const got = seen(ruled, { 'layer/kernel': tf.tensor(kernel, [...shape]), ...own });
          kernel.forEach((weight, i) => {
            expect(Math.abs((got?.[i] ?? NaN) - weight)).toBeLessThan(2e-6);
          });
        });
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  test('is mean + gain * (w - mean(w)) / (deviation(w) * sqrt(count)) of each output channel', () => {
    fc.assert(
      fc.property(kernels, fc.integer({ min: -20, max: 20 }), (weights, shift) => {
        const kernel = Float32Array.from(weights, (w) => w / 500);
        const means = Float32Array.from({ length: channels }, (_, c) => (c + shift) / 16);
        const gains = Float32Array.from({ length: channels }, (_, c) => Math.log(1 + c));
        tf.tidy(() => {
          const got = seen(ruledLayer(kind, shape, kernel), {
            'layer/kernel': tf.tensor(kernel, [...shape]),
            'layer/standard/mean': tf.tensor1d(means),
            'layer/standard/logGain': tf.tensor1d(gains),
          });
          const count = size / channels;
          for (let channel = 0; channel < channels; channel += 1) {
            const places = Array.from({ length: count }, (_, i) => trainable.kernelIndex(shape, channel, i));
            const mean = places.reduce((sum, i) => sum + kernel[i], 0) / count;
            const variance = places.reduce((sum, i) => sum + (kernel[i] - mean) ** 2, 0) / count;
            if (variance < 1e-6) continue;
            for (const i of places) {
              const unit = (kernel[i] - mean) / Math.sqrt(variance * count);
              const wanted = means[channel] + (1 + channel) * unit;
              expect(Math.abs((got?.[i] ?? NaN) - wanted)).toBeLessThan(1e-5);
            }
          }
        });
      }),
      { numRuns: 50, seed: 7 },
    );
  });
});

test('a channel without variance has finite gradients', () => {
  const ruled = ruledLayer('dense', [2, 2], Float32Array.of(0.5, 1, 0.5, 2));
  const rule = standardizeWeights([ruled], { weights: 1, steps: 1 });
  const [toKernel] = tf.grads((kernel: tf.Tensor, mean: tf.Tensor, gain: tf.Tensor) => {
    const tensors = { 'layer/kernel': kernel, 'layer/standard/mean': mean, 'layer/standard/logGain': gain };
    return tf.sum(tf.square(rule.view?.(tensors, {}, 0)['layer/kernel'] as tf.Tensor));
  })([tf.tensor2d([0.5, 1, 0.5, 2], [2, 2]), tf.tensor1d([0.5, 1.5]), tf.tensor1d([0, 0])]);
  expect([...toKernel.dataSync()].every(Number.isFinite)).toBe(true);
});

test('layers of one weight a channel are left out', () => {
  const affine = ruledLayer('affine', [4], Float32Array.of(1, 2, 3, 4));
  const rule = standardizeWeights([affine], { weights: 1, steps: 1 });
  expect(rule.parameters).toEqual([]);
  expect(rule.view?.({}, {}, 0)).toEqual({});
});
