import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { spreadKernel } from './spreadKernel.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const size = fc.integer({ min: 1, max: 3 });
const whole = (shape: number[], seed: number) => tf.floor(tf.randomUniform(shape, -9, 9, 'float32', seed));

describe('spreadKernel', () => {
  test('convolves as the dilated kernel does, exactly', () => {
    fc.assert(
      fc.property(size, size, size, size, fc.integer(), (height, width, rows, columns, seed) => {
        tf.tidy(() => {
          const kernel = whole([height, width, 2, 3], seed) as tf.Tensor4D;
          const image = whole([1, 9, 9, 2], seed + 1) as tf.Tensor4D;
          const wide = spreadKernel(kernel, [rows, columns]) as tf.Tensor4D;
          const expected = tf.conv2d(image, kernel, 1, 'valid', 'NHWC', [rows, columns]);
          expect([...tf.conv2d(image, wide, 1, 'valid').dataSync()]).toEqual([...expected.dataSync()]);
        });
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  test('every entry has its own gradient', () => {
    const kernel = whole([2, 2, 1, 2], 3);
    const weights = tf.reshape(tf.range(0, 3 * 4 * 2), [3, 4, 1, 2]);
    const gradient = tf.grad((k: tf.Tensor) => tf.sum(tf.mul(spreadKernel(k, [2, 3]), weights)))(kernel);
    expect([...gradient.dataSync()]).toEqual([0, 1, 6, 7, 16, 17, 22, 23]);
  });
});
