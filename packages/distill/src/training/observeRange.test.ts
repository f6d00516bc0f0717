import { describe, expect, test } from '@jest/globals';
import { observeRange } from './observeRange.js';
import { minMax } from './observers.js';

const observe = (values: number[], levels: number) =>
  observeRange(() => [Float32Array.from(values)], levels, minMax());

describe('observeRange', () => {
  test('gives levels below zero by how far the values reach', async () => {
    expect(await observe([-1, 0.5, 4], 255)).toEqual({ step: Math.fround(4 / 204), zeroPoint: 51 });
    expect(await observe([-4, 1], 255)).toEqual({ step: Math.fround(4 / 204), zeroPoint: 204 });
  });

  test('any value below zero has a level, as long as there is one to spare', async () => {
    expect((await observe([-0.01, 4], 15)).zeroPoint).toBe(1);
    expect(await observe([-0.01, 4], 1)).toEqual({ step: 4, zeroPoint: 0 });
    expect(await observe([-4], 3)).toEqual({ step: 2, zeroPoint: 2 });
  });

  test('values that are not below zero keep all levels, and constant zero has a grid', async () => {
    expect(await observe([0, 3], 15)).toEqual({ step: Math.fround(0.2), zeroPoint: 0 });
    expect(await observe([0, 0], 15)).toEqual({ step: 1, zeroPoint: 0 });
  });
});
