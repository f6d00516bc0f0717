import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { int32 } from '../../test/arbitraries/int32.js';
import { roundQuotient } from '../../test/oracle/roundQuotient.js';
import { roundShift } from './roundShift.js';

const oracleRounding = { halfUp: 'halfUp', halfToEven: 'halfToEven', gemmlowp: 'halfAwayFromZero' } as const;

test.each(['halfUp', 'halfToEven', 'gemmlowp'] as const)(
  'roundShift with %s equals exact integers',
  (rounding) => {
    fc.assert(
      fc.property(int32, fc.nat(31), (value, shift) => {
        const exact = roundQuotient(BigInt(value), 2n ** BigInt(shift), oracleRounding[rounding]);
        return roundShift(value, shift, rounding) === Number(exact);
      }),
      { numRuns: 20000 },
    );
  },
);

test('gemmlowp rounds halves away from zero', () => {
  expect([-3, -1, 1, 3].map((value) => roundShift(value, 1, 'gemmlowp'))).toEqual([-2, -1, 1, 2]);
});
