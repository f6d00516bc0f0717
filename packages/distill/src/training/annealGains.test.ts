import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import type { QuantizableLayer } from '../layers/stages.js';
import { annealGains } from './annealGains.js';
import type { RuledLayer } from './ruledLayer.js';
import { weightGrid } from './weightGrid.js';
import { searchWeightStep } from './weightStepSearch.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const step = 0.25;
const kernel = Float32Array.of(0.9, 0.1, 0, -0.8, 0.3, 0, 0.7, -0.2, 0);
const ruled = (plan: object): RuledLayer => ({
  layer: {
    plan: {
      kind: 'layer',
      name: 'fc',
      operation: { kind: 'dense' },
      requantization: 'perLayer',
      activations: { bits: 4 },
      weights: { bits: 3, code: 'twosComplement' },
      ...plan,
    },
    parameters: { kernelShape: [3, 3], kernel },
    steps: { weightSteps: Float32Array.of(step) },
  } as unknown as QuantizableLayer,
  input: { shape: [1, 3], type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 15 },
  weightStep: (tensors) => tf.exp(tensors['fc/logWeightStep']),
});

describe('annealGains', () => {
  const rule = annealGains([ruled({})], { until: 0.5 }, 0.01);
  const [gain] = rule.parameters ?? [];
  const stepsAt = (share: number): number[] =>
    tf.tidy(() => {
      const tensors = {
        'fc/logWeightStep': tf.tensor1d([Math.log(step)]),
        'fc/logChannelGain': tf.tensor1d(gain.values),
      };
      const view = rule.view?.(tensors, {}, share) ?? {};
      return [...tf.exp(view['fc/logWeightStep']).dataSync()];
    });

  test("begins with the step of least error of each channel, and the layer's for one of zeros", () => {
    const rows = [0, 1, 2].map((channel) => kernel.filter((_, i) => i % 3 === channel));
    const wanted = rows.map((row) => searchWeightStep(row, weightGrid(3, 'twosComplement')));
    const got = stepsAt(0);
    expect(got).toHaveLength(3);
    expect(Math.abs(got[0] / wanted[0] - 1)).toBeLessThan(1e-6);
    expect(Math.abs(got[1] / wanted[1] - 1)).toBeLessThan(1e-6);
    expect(Math.abs(got[2] / step - 1)).toBeLessThan(1e-6);
  });

  test("comes nearer to the layer's step all along, and is exactly that step from the given share on", () => {
    const distances = [0, 0.1, 0.2, 0.3, 0.4, 0.49].map((share) =>
      Math.abs(Math.log(stepsAt(share)[1] / step)),
    );
    distances.slice(1).forEach((distance, i) => {
      expect(distance).toBeLessThan(distances[i]);
    });
    // Half way, half of the logarithm is left.
    expect(Math.abs(Math.log(stepsAt(0.25)[1] / step) / Math.log(stepsAt(0)[1] / step) - 0.5)).toBeLessThan(
      1e-5,
    );
    const alone = tf.tidy(() => [...tf.exp(tf.tensor1d([Math.log(step)])).dataSync()]);
    for (const share of [0.5, 0.8, 1]) expect(stepsAt(share)).toEqual(alone);
  });

  test('leaves logits and other schemes alone', () => {
    const others = [ruled({ activations: null }), ruled({ requantization: 'perChannel' })];
    expect(annealGains(others, { until: 0.5 }, 0.01).parameters).toEqual([]);
  });

  test('every parameter has a gradient at every share', () => {
    for (const share of [0, 0.5]) {
      const gradients = tf.grads((log: tf.Tensor, gains: tf.Tensor) => {
        const tensors = { 'fc/logWeightStep': log, 'fc/logChannelGain': gains };
        const view = rule.view?.(tensors, {}, share) ?? {};
        return tf.sum(tf.mul(view['fc/logWeightStep'], 2));
      })([tf.tensor1d([0.1]), tf.tensor1d(gain.values)]);
      expect([...gradients[1].dataSync()]).toEqual(share === 0 ? [2, 2, 2] : [0, 0, 0]);
    }
  });
});
