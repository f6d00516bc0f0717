import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { memoryCheckpoints } from '../checkpoint/memoryCheckpoints.js';
import { trainingProgress } from '../checkpoint/trainingProgress.js';
import { optimize, type Optimization } from './optimize.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

/** Fits x to 3 with batches that depend on the step. */
function job(extra: Partial<Optimization> = {}): Optimization {
  const distance = (x: tf.Tensor, target: tf.Tensor): tf.Scalar => tf.mean(tf.squaredDifference(x, target));
  return {
    parameters: [{ name: 'x', shape: [2], values: Float32Array.of(0, 10), learningRate: 0.5 }],
    steps: 12,
    warmUpSteps: 2,
    batch: (step) => Promise.resolve([tf.tensor1d([3 + 0.1 * (step % 3), 3])]),
    loss: ({ x }, [target]) => distance(x, target),
    validate: ({ x }) => Promise.resolve(tf.tidy(() => distance(x, tf.scalar(3)).dataSync()[0])),
    validateEvery: 3,
    onStep: () => undefined,
    signal: undefined,
    progress: trainingProgress(undefined, 'none', 1, () => undefined),
    ...extra,
  };
}

describe('optimize', () => {
  test('keeps the best validation, not the last', async () => {
    let looks = 0;
    const validate = (): Promise<number> => Promise.resolve([5, 1, 2, 3, 4][looks++] ?? 9);
    const optimum = await optimize(job({ validate }));
    expect(optimum).toMatchObject({ lossBefore: 5, lossAfter: 1, steps: 12 });
  });

  test('stops when patience ends', async () => {
    const optimum = await optimize(job({ validate: () => Promise.resolve(1), patience: 2 }));
    expect(optimum).toMatchObject({ steps: 6, lossAfter: 1 });
    expect([...optimum.parameters['x']]).toEqual([0, 10]);
  });

  test('resumes from any step to the same bytes', async () => {
    const expected = await optimize(job());
    for (let stop = 1; stop < 12; stop += 1) {
      const store = memoryCheckpoints();
      const progress = trainingProgress(store, 'fit', 4, () => undefined);
      const abort = new AbortController();
      const onStep = (step: number): void => {
        if (step + 1 === stop) abort.abort();
      };
      await expect(optimize(job({ progress, onStep, signal: abort.signal }))).rejects.toThrow();
      const resumed = await optimize(job({ progress }));
      expect(resumed).toEqual(expected);
    }
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await optimize(job());
    expect(tf.memory().numTensors).toBe(before);
  });
});
