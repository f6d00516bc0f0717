import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { noise, relativeDifference, runOn, tolerance } from '../../test/onBackends.js';
import { installTrainingKernels } from '../installTrainingKernels.js';

let undo: () => void;
beforeAll(() => {
  undo = installTrainingKernels();
});
afterAll(() => {
  undo();
});

function poolGradient(
  x: tf.Tensor,
  size: [number, number],
  strides: [number, number],
  pad: 'same' | 'valid' | number,
) {
  const pool = (input: tf.Tensor): tf.Tensor => tf.maxPool(input as tf.Tensor4D, size, strides, pad);
  return tf.grad(pool)(x, noise(pool(x).shape, 7));
}

async function gradientOfWindow(values: number[]): Promise<number[]> {
  const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
  const [gradient] = await runOn('wasm', () => [tf.grad(pool)(tf.tensor(values, [1, 2, 2, 1]))]);
  return [...gradient.values];
}

describe('MaxPoolGrad', () => {
  test('keeps the gradient of windows without a positive value', async () => {
    expect(await gradientOfWindow([-4, -3, -2, -5])).toEqual([0, 0, 1, 0]);
  });

  test('gives the gradient of a tie to the first maximum', async () => {
    expect(await gradientOfWindow([0, 3, 3, 3])).toEqual([0, 1, 0, 0]);
  });

  test('equals that of the cpu backend, ties included, for random windows', async () => {
    const small = fc.integer({ min: 1, max: 4 });
    const pairs = fc.record({ size: fc.tuple(small, small), strides: fc.tuple(small, small) });
    const squares = fc
      .tuple(small, small)
      .map(([size, stride]): { size: [number, number]; strides: [number, number] } => ({
        size: [size, size],
        strides: [stride, stride],
      }));
    const windows = fc.oneof(
      fc.record({ window: pairs, pad: fc.constantFrom('same' as const, 'valid' as const) }),
      fc.record({ window: squares, pad: fc.integer({ min: 0, max: 2 }) }),
    );
    const shapes = fc.tuple(small, fc.integer({ min: 4, max: 8 }), fc.integer({ min: 4, max: 8 }), small);
    await fc.assert(
      fc.asyncProperty(shapes, windows, fc.nat(), async (shape, { window, pad }, seed) => {
        const compute = (): tf.Tensor[] => {
          const x = tf.round(tf.mul(noise(shape, seed), 3));
          return [poolGradient(x, window.size, window.strides, pad)];
        };
        expect(await relativeDifference(compute)).toBeLessThan(tolerance);
      }),
      { numRuns: 200 },
    );
  });
});
