import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { atShift, fromDyadic, rationalToDyadic, toDyadic } from './dyadic.js';

describe('toDyadic', () => {
  test('is within 2^-31 of any number that 31 bits can reach', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -31, max: 2 ** 30, noNaN: true }), (value) => {
        const dyadic = toDyadic(value);
        expect(dyadic.multiplier).toBeLessThanOrEqual(2 ** 31 - 1);
        expect(Math.abs(fromDyadic(dyadic) - value)).toBeLessThanOrEqual(value * 2 ** -30);
      }),
    );
  });

  test('has no form for zero, negative numbers and numbers that are not finite', () => {
    for (const value of [0, -1, NaN, Infinity]) expect(() => toDyadic(value)).toThrow(RangeError);
  });
});

test('a ratio below one has a shift of at least 31, which vector code runs fastest', () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -20, max: 0.999, noNaN: true }), (ratio) => {
      expect(toDyadic(ratio).shift).toBeGreaterThanOrEqual(30);
    }),
  );
});

test('a given shift is lowered where rounding would reach 2^31', () => {
  expect(atShift(1 - 2 ** -40, 31)).toEqual({ multiplier: 2 ** 30, shift: 30 });
});

test('a fraction of powers of two is exact and reduced', () => {
  expect(rationalToDyadic({ numerator: 1, denominator: 128 })).toEqual({ multiplier: 1, shift: 7 });
  expect(rationalToDyadic({ numerator: 3, denominator: 4 })).toEqual({ multiplier: 3, shift: 2 });
});
