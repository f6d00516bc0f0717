import { test } from '@jest/globals';
import fc from 'fast-check';
import { int32 } from '../../test/arbitraries/int32.js';
import { multiplyHigh, multiplyHighUnsigned } from './multiplyHigh.js';

test('multiplyHigh is the high half of the signed product', () => {
  fc.assert(
    fc.property(int32, int32, (a, b) => {
      return multiplyHigh(a, b) === Number((BigInt(a) * BigInt(b)) >> 32n);
    }),
    { numRuns: 20000 },
  );
});

test('multiplyHighUnsigned is the high half of the unsigned product', () => {
  fc.assert(
    fc.property(int32, int32, (a, b) => {
      const product = BigInt.asUintN(32, BigInt(a)) * BigInt.asUintN(32, BigInt(b));
      return multiplyHighUnsigned(a, b) === Number(BigInt.asIntN(32, product >> 32n));
    }),
    { numRuns: 20000 },
  );
});
