import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { int32, multiplier } from '../../test/arbitraries/int32.js';
import { requantizeExactly } from '../../test/oracle/requantizeExactly.js';
import type { Rounding } from '../requantization.js';
import { requantize } from './requantize.js';

const roundings: readonly Rounding[] = ['halfUp', 'gemmlowp', 'halfToEven'];
const edges = [-0x80000000, -0x7fffffff, -0x40000001, -0x40000000, -5, -3, -2, -1, 0, 1, 2, 3, 5, 0x3fffffff];
const accumulators = [...edges, 0x40000000, 0x7ffffffe, 0x7fffffff];
const multipliers = [0, 1, 2, 3, 5, 0x10000, 0x3fffffff, 0x40000000, 0x40000001, 0x7ffffffe, 0x7fffffff];

describe.each(roundings)('requantize with %s', (rounding) => {
  test('equals exact integers for any accumulator, multiplier and shift', () => {
    fc.assert(
      fc.property(int32, multiplier, fc.nat(62), (accumulator, factor, shift) => {
        const exact = requantizeExactly(BigInt(accumulator), { multiplier: factor, shift }, rounding);
        return requantize(accumulator, { multiplier: factor, shift, rounding }) === Number(exact);
      }),
      { numRuns: 20000 },
    );
  });

  test('equals exact integers at the edges for every shift', () => {
    for (let shift = 0; shift <= 62; shift += 1) {
      for (const accumulator of accumulators) {
        for (const factor of multipliers) {
          const exact = requantizeExactly(BigInt(accumulator), { multiplier: factor, shift }, rounding);
          const got = requantize(accumulator, { multiplier: factor, shift, rounding });
          if (BigInt(got) !== exact) expect({ shift, accumulator, factor, got }).toEqual({ exact });
        }
      }
    }
  });
});

test('halfUp rounds halves towards plus infinity', () => {
  const half = { multiplier: 1, shift: 1, rounding: 'halfUp' } as const;
  expect([-3, -1, 1, 3].map((value) => requantize(value, half))).toEqual([-1, 0, 1, 2]);
});

test('halfToEven rounds halves to the even neighbor', () => {
  const half = { multiplier: 1, shift: 1, rounding: 'halfToEven' } as const;
  expect([-3, -1, 1, 3, 5].map((value) => requantize(value, half))).toEqual([-2, 0, 0, 2, 2]);
});

test('gemmlowp rounds twice, so that it may differ from one rounding by one', () => {
  // 0.4999... becomes 0.5 in the first rounding and 1 in the second.
  const factor = { multiplier: 0x7fffffff, shift: 32 } as const;
  expect(requantize(1, { ...factor, rounding: 'gemmlowp' })).toBe(1);
  expect(requantize(1, { ...factor, rounding: 'halfUp' })).toBe(0);
});

test('a result beyond int32 saturates', () => {
  const large = { multiplier: 0x7fffffff, shift: 0, rounding: 'halfUp' } as const;
  expect(requantize(2, large)).toBe(0x7fffffff);
  expect(requantize(-2, large)).toBe(-0x80000000);
});
