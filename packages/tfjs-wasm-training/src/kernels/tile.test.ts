import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { noise, relativeDifference } from '../../test/onBackends.js';
import { installTrainingKernels } from '../installTrainingKernels.js';

let undo: () => void;
beforeAll(() => {
  undo = installTrainingKernels();
});
afterAll(() => {
  undo();
});

describe('Tile', () => {
  test.each([
    [[3], [1]],
    [[3], [5]],
    [
      [2, 3],
      [4, 1],
    ],
    [
      [2, 3],
      [1, 4],
    ],
    [
      [1, 1, 3],
      [2, 7, 1],
    ],
    [
      [2, 1, 3, 2],
      [3, 5, 2, 1],
    ],
    [
      [2, 2, 2],
      [2, 3, 4],
    ],
    [
      [2, 3],
      [0, 4],
    ],
  ])('equals that of the cpu backend for shape %j and repetitions %j', async (shape, reps) => {
    expect(await relativeDifference(() => [tf.tile(noise(shape, 3), reps)])).toBe(0);
  });

  test('keeps whole numbers and truth values', async () => {
    expect(await relativeDifference(() => [tf.tile(tf.tensor2d([[1, -2]], [1, 2], 'int32'), [3, 2])])).toBe(
      0,
    );
    expect(await relativeDifference(() => [tf.tile(tf.tensor1d([1, 0], 'bool'), [3])])).toBe(0);
  });
});
