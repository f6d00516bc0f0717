import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import type { WeightCode } from '@bnfree/integer-kernels';
import * as fc from 'fast-check';
import { nearestWeight, quantizeWeights, weightGrid } from './weightGrid.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const formats = fc.oneof(
  fc.record({
    bits: fc.integer({ min: 1, max: 8 }),
    code: fc.constantFrom<WeightCode>('twosComplement', 'unsigned', 'odd'),
  }),
  fc.constant({ bits: 1, code: 'sign' as const }),
);

describe('a weight grid', () => {
  test('quantises in the simulation as it does on the host, halves included', () => {
    fc.assert(
      fc.property(
        formats,
        fc.array(fc.integer({ min: -600, max: 600 }), { minLength: 1, maxLength: 20 }),
        ({ bits, code }, halves) => {
          const grid = weightGrid(bits, code);
          const weights = halves.map((half) => half / 4);
          const simulated = tf.tidy(() =>
            quantizeWeights(tf.tensor1d(weights), tf.scalar(0.5), grid).dataSync(),
          );
          expect(Array.from(simulated)).toEqual(
            weights.map((weight) => nearestWeight(weight / 0.5, grid) * 0.5),
          );
        },
      ),
    );
  });

  test("has no zero level for the odd and sign codes, and is ternary at two bits of two's complement", () => {
    const levels = (bits: number, code: WeightCode): number[] => {
      const grid = weightGrid(bits, code);
      return [...new Set(Array.from({ length: 81 }, (_, i) => nearestWeight((i - 40) / 4, grid)))].sort(
        (a, b) => a - b,
      );
    };
    expect(levels(2, 'odd')).toEqual([-3, -1, 1, 3]);
    expect(levels(1, 'sign')).toEqual([-1, 1]);
    expect(levels(2, 'twosComplement')).toEqual([-1, 0, 1]);
    expect(levels(3, 'twosComplement')).toEqual([-4, -3, -2, -1, 0, 1, 2, 3]);
  });

  test('passes the gradient to weights inside, and to the step as LSQ does', () => {
    const grid = weightGrid(3, 'twosComplement');
    const weights = [0.3, 1.2, 9, -9];
    const [toWeights, toStep] = tf.grads((w: tf.Tensor, s: tf.Tensor) => tf.sum(quantizeWeights(w, s, grid)))(
      [tf.tensor1d(weights), tf.scalar(1)],
    );
    expect(Array.from(toWeights.dataSync())).toEqual([1, 1, 0, 0]);
    // round(w/s) - w/s inside the range, its end outside
    expect(toStep.dataSync()[0]).toBeCloseTo(-0.3 - 0.2 + 3 - 4, 5);
  });
});
