import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { roundWithinLimit, shrinkKernel, stepsWithinLimit, weightLimit } from './accumulatorLimit.js';
import { nearestWeight, weightGrid } from './weightGrid.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const plan = {
  operation: { kind: 'dense' },
  weights: { bits: 4, code: 'twosComplement' },
} as Partial<PlannedLayer> as PlannedLayer;
const grid = weightGrid(4, 'twosComplement');
const integers = (kernel: Float32Array, step: number) =>
  kernel.map((w) => nearestWeight(Math.fround(w / step), grid));

describe('weightLimit', () => {
  test('is what the largest stored value leaves of the accumulator', () => {
    const spec = { shape: [1], type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 15 } as const;
    expect(weightLimit(spec, 16)).toBe(2184);
    expect(weightLimit({ ...spec, type: 'int8', quantMin: -128, quantMax: 127 }, 16)).toBe(255);
  });
});

describe('roundWithinLimit', () => {
  test('keeps the limit in every channel, never goes away from zero, and touches no channel that keeps it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -900, max: 900 }), { minLength: 24, maxLength: 24 }),
        fc.integer({ min: 0, max: 80 }),
        (weights, limit) => {
          const kernel = Float32Array.from(weights, (w) => w / 100);
          const parameters = { kernel, kernelShape: [8, 3], bias: new Float32Array(3) };
          const rounded = roundWithinLimit(plan, parameters, { weightSteps: Float32Array.of(1) }, limit);
          const [before, after] = [integers(kernel, 1), integers(rounded, 1)];
          for (let channel = 0; channel < 3; channel += 1) {
            const own = (values: Float32Array) => [...values].filter((_, i) => i % 3 === channel);
            const sum = (values: Float32Array) => own(values).reduce((total, w) => total + Math.abs(w), 0);
            expect(sum(after)).toBeLessThanOrEqual(limit);
            if (sum(before) <= limit) expect(own(rounded)).toEqual(own(kernel));
          }
          after.forEach((w, i) => {
            expect(Math.abs(w)).toBeLessThanOrEqual(Math.abs(before[i]));
          });
        },
      ),
      { seed: 7 },
    );
  });
});

describe('stepsWithinLimit', () => {
  const parameters = {
    kernel: Float32Array.of(4, 0.2, -3, 0.1, 3, -0.3),
    kernelShape: [3, 2],
    bias: new Float32Array(2),
  };

  test('leaves steps alone where every channel keeps the limit', () => {
    const steps = Float32Array.of(1);
    expect(stepsWithinLimit(plan, parameters, steps, 10)).toBe(steps);
  });

  test('makes them coarser where that loses less than shrinking the channel', () => {
    const [step] = stepsWithinLimit(plan, parameters, Float32Array.of(0.6), 5);
    expect(step).toBeGreaterThan(1.5);
    const [wide, narrow] = stepsWithinLimit(plan, parameters, Float32Array.of(0.6, 0.07), 10);
    expect(wide).toBeGreaterThan(0.7);
    expect(narrow).toBe(Math.fround(0.07));
  });
});

describe('shrinkKernel', () => {
  test('shrinks a channel as a whole, to the limit, and no channel that keeps it', () => {
    const kernel = tf.tensor2d([4, 1, -4, 1], [2, 2]);
    const shrunk = shrinkKernel(plan, kernel, tf.scalar(0.5), 8);
    expect([...shrunk.dataSync()]).toEqual([2, 1, -2, 1]);
    const perChannel = shrinkKernel(plan, kernel, tf.tensor1d([1, 0.125]), 8);
    expect([...perChannel.dataSync()]).toEqual([4, 0.5, -4, 0.5]);
  });
});
