import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { noise, relativeDifference, runOn, tolerance } from '../../test/onBackends.js';
import { installTrainingKernels } from '../installTrainingKernels.js';

let undo: () => void;
beforeAll(() => {
  undo = installTrainingKernels();
});
afterAll(() => {
  undo();
});

describe('UnsortedSegmentSum', () => {
  test.each([[[6]], [[6, 3]], [[6, 2, 4]]])('equals that of the cpu backend for shape %j', async (shape) => {
    const compute = (): tf.Tensor[] => [
      tf.unsortedSegmentSum(noise(shape, 3), tf.tensor1d([2, 0, 2, -1, 3, 9], 'int32'), 5),
    ];
    expect(await relativeDifference(compute)).toBeLessThan(tolerance);
  });

  test('gives tf.gather its gradient', async () => {
    const compute = (): tf.Tensor[] => [
      tf.grad((x: tf.Tensor) => tf.gather(x, tf.tensor1d([1, 1, 0], 'int32'), 1))(
        noise([2, 3, 2], 4),
        noise([2, 3, 2], 5),
      ),
    ];
    expect(await relativeDifference(compute)).toBeLessThan(tolerance);
  });

  test('refuses ids that are not one a row', async () => {
    const ids = (): tf.Tensor1D => tf.reshape<tf.Rank>(tf.range(0, 4, 1, 'int32'), [2, 2]) as tf.Tensor1D;
    const compute = (): tf.Tensor[] => [tf.unsortedSegmentSum(noise([2, 2], 1), ids(), 2)];
    await expect(runOn('wasm', compute)).rejects.toMatchObject({ code: 'UNSUPPORTED_SHAPE' });
  });
});
