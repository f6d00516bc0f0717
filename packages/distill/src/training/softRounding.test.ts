import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { choiceOf, decideRounding, roundingPenalty, softWeights } from './softRounding.js';
import { nearestWeight, weightGrid } from './weightGrid.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const grids = [
  weightGrid(4, 'twosComplement'),
  weightGrid(2, 'twosComplement'),
  weightGrid(3, 'odd'),
  weightGrid(1, 'sign'),
];

describe('soft rounding', () => {
  test('begins where each weight lies, inside the grid', () => {
    const kernel = Float32Array.of(-0.74, -0.3, 0.1, 0.26, 0.69);
    const step = 0.1;
    for (const grid of [grids[0], grids[2]]) {
      const choices = choiceOf(kernel, () => step, grid);
      const soft = softWeights(tf.tensor1d(kernel), tf.scalar(step), tf.tensor1d(choices), grid).dataSync();
      soft.forEach((value, i) => {
        const inside = Math.min(grid.max * step, Math.max(grid.min * step, kernel[i]));
        expect(Math.abs(value - inside)).toBeLessThanOrEqual(0.0201 * step * grid.stride);
      });
    }
  });

  test('undisturbed variables decide for the nearest level, and any decision is a level next to the weight', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(...grids),
        fc.boolean(),
        (values, grid, isUp) => {
          const kernel = Float32Array.from(values);
          const step = 0.11;
          const near = decideRounding(
            kernel,
            () => step,
            choiceOf(kernel, () => step, grid),
            grid,
          );
          const forced = decideRounding(
            kernel,
            () => step,
            kernel.map(() => (isUp ? 5 : -5)),
            grid,
          );
          kernel.forEach((weight, i) => {
            const scaled = weight / step;
            const level = (value: number) => Math.round((value / step - grid.min) / grid.stride);
            const nearest = level(nearestWeight(scaled, grid) * step);
            const isTie = Math.abs((((scaled - grid.min) / grid.stride) % 1) - 0.5) < 0.02;
            if (!isTie) expect(level(near[i])).toBe(nearest);
            expect(Math.abs(level(forced[i]) - nearest)).toBeLessThanOrEqual(1);
            // The decision survives the rounding of the integer layer.
            expect(nearestWeight(Math.fround(forced[i] / step), grid)).toBe(
              level(forced[i]) * grid.stride + grid.min,
            );
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  test('the penalty is nothing for decided weights and grows in the middle', () => {
    const at = (choice: number, progress: number) =>
      roundingPenalty(tf.tensor1d([choice]), progress).dataSync()[0];
    expect(at(8, 1)).toBeCloseTo(0, 6);
    expect(at(0, 1)).toBe(1);
    expect(at(1, 1)).toBeGreaterThan(at(2, 1));
  });
});
