import { describe, expect, test } from '@jest/globals';
import { oneCycle } from './oneCycle.js';

describe('oneCycle', () => {
  test('rises for a quarter of the steps and falls to nothing', () => {
    const rates = Array.from({ length: 101 }, (_, step) => oneCycle(step, 100, 2));
    expect(rates[0]).toBeCloseTo(2 / 25);
    expect(Math.max(...rates)).toBe(rates[25]);
    expect(rates[25]).toBe(2);
    expect(rates.slice(0, 25)).toEqual([...rates.slice(0, 25)].sort((a, b) => a - b));
    expect(rates.slice(25)).toEqual([...rates.slice(25)].sort((a, b) => b - a));
    expect(rates[100]).toBeCloseTo(0);
  });

  test('takes a single step', () => {
    expect(oneCycle(0, 1, 1)).toBeCloseTo(1 / 25);
  });
});
