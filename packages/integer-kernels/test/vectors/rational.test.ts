import { describe, expect, test } from '@jest/globals';
import { divide, multiply, nearestRescale, rationalOf } from './rational.js';

describe('rational', () => {
  test('holds a float exactly', () => {
    expect(rationalOf(0.375)).toEqual({ numerator: 3n, denominator: 8n });
    expect(rationalOf(-5)).toEqual({ numerator: -5n, denominator: 1n });
  });

  test('multiplies and divides without rounding', () => {
    const third = divide(rationalOf(1), rationalOf(3));
    expect(multiply(third, rationalOf(0.5))).toEqual({ numerator: 1n, denominator: 6n });
  });

  test('becomes the nearest 31-bit multiplier', () => {
    expect(nearestRescale(rationalOf(0.25))).toEqual({ multiplier: 2 ** 30, shift: 32 });
    expect(nearestRescale({ numerator: 1n, denominator: 3n })).toEqual({ multiplier: 1431655765, shift: 32 });
  });
});
