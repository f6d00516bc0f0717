import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { int32, multiplier } from '../../test/arbitraries/int32.js';
import { roundQuotient } from '../../test/oracle/roundQuotient.js';
import { divide, divideUnsigned, prepareDivisor } from './divide.js';

const divisor = multiplier.map((value) => Math.max(value, 1));

test('divideUnsigned is exact for every uint32 dividend', () => {
  fc.assert(
    fc.property(int32, divisor, (pattern, value) => {
      const dividend = pattern >>> 0;
      return divideUnsigned(dividend, prepareDivisor(value)) === Math.floor(dividend / value);
    }),
    { numRuns: 20000 },
  );
});

test('divideUnsigned is exact around every multiple of small divisors', () => {
  for (let value = 1; value <= 300; value += 1) {
    const prepared = prepareDivisor(value);
    const last = 0xffffffff - (0xffffffff % value);
    for (const dividend of [0, value - 1, value, value + 1, last - 1, last, 0xffffffff]) {
      expect(divideUnsigned(dividend, prepared)).toBe(Math.floor(dividend / value));
    }
  }
});

test.each(['halfUp', 'halfToEven', 'halfAwayFromZero'] as const)(
  'divide with %s equals exact integers',
  (rounding) => {
    fc.assert(
      fc.property(int32, divisor, (dividend, value) => {
        const exact = roundQuotient(BigInt(dividend), BigInt(value), rounding);
        return divide(dividend, prepareDivisor(value), rounding) === Number(exact);
      }),
      { numRuns: 20000 },
    );
  },
);

test('divide rounds halves as its rounding says', () => {
  const two = prepareDivisor(2);
  const halves = [-3, -1, 1, 3];
  expect(halves.map((value) => divide(value, two, 'halfUp'))).toEqual([-1, 0, 1, 2]);
  expect(halves.map((value) => divide(value, two, 'halfToEven') + 0)).toEqual([-2, 0, 0, 2]);
  expect(halves.map((value) => divide(value, two, 'halfAwayFromZero'))).toEqual([-2, -1, 1, 2]);
});
