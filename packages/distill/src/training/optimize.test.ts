import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { memoryCheckpoints } from '../checkpoint/memoryCheckpoints.js';
import { trainingProgress } from '../checkpoint/trainingProgress.js';
import { optimize, type Optimization, type ParameterTensors } from './optimize.js';
import type { TrainingRule } from './trainingRule.js';

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

  describe('with a rule', () => {
    /** Counts steps above three, keeps x below nine, and shows it the count lower. */
    const rule: TrainingRule = {
      begin: () => ({ count: tf.zeros([2]) }),
      observe: ({ x }, { count }) => ({ count: tf.add(count, tf.cast(tf.greater(x, 3), 'float32')) }),
      project: ({ x }) => ({ x: tf.minimum(x, 9) }),
      view: ({ x }, { count }, share) => ({ x: tf.sub(x, tf.mul(count, share === 1 ? 1 : 0.5)) }),
    };

    test('gives back what the rule shows at the end, and judges it', async () => {
      let first = true;
      const validate = (tensors: ParameterTensors): Promise<number> => {
        if (first) expect([...tensors['x'].dataSync()]).toEqual([0, 9]);
        first = false;
        return Promise.resolve(tf.tidy(() => tf.sum(tensors['x']).dataSync()[0]));
      };
      const { parameters, lossAfter } = await optimize(job({ rule, validate, steps: 2, validateEvery: 1 }));
      expect(parameters['x'][0] + parameters['x'][1]).toBeCloseTo(lossAfter, 5);
      expect(parameters['x'][1]).toBeLessThan(8);
    });

    test.each([undefined, 0.9])('resumes its memory to the same bytes, averages %p', async (averageDecay) => {
      const extra = { rule, ...(averageDecay === undefined ? {} : { averageDecay }) };
      const expected = await optimize(job(extra));
      for (const stop of [1, 5, 9]) {
        const progress = trainingProgress(memoryCheckpoints(), 'fit', 4, () => undefined);
        const abort = new AbortController();
        const onStep = (step: number): void => {
          if (step + 1 === stop) abort.abort();
        };
        const stopped = optimize(job({ ...extra, progress, onStep, signal: abort.signal }));
        await expect(stopped).rejects.toThrow();
        expect(await optimize(job({ ...extra, progress }))).toEqual(expected);
      }
    });

    test('leaves no tensor behind', async () => {
      const before = tf.memory().numTensors;
      await optimize(job({ rule, averageDecay: 0.9 }));
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await optimize(job());
    expect(tf.memory().numTensors).toBe(before);
  });
});
