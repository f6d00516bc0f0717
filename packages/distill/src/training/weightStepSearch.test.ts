import { expect, test } from '@jest/globals';
import { searchWeightStep } from './weightStepSearch.js';
import { nearestWeight, weightGrid } from './weightGrid.js';

test('weights that lie on a grid are found exactly', () => {
  const weights = Float32Array.from({ length: 64 }, (_, i) => ((i % 16) - 8) * 0.25);
  const grid = weightGrid(4, 'twosComplement');
  const step = searchWeightStep(weights, grid);
  const error = weights.reduce((sum, w) => sum + (w - nearestWeight(w / step, grid) * step) ** 2, 0);
  expect(error / weights.length).toBeLessThan(0.001);
});

test('one bit takes the mean magnitude', () => {
  expect(searchWeightStep([1, -3, 2, -2], weightGrid(1, 'sign'))).toBe(2);
});

test('weights that are all zero still have a step', () => {
  expect(searchWeightStep([0, 0], weightGrid(4, 'twosComplement'))).toBe(1);
});
