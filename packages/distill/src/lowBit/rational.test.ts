import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { add, ceiling, divide, exactly, fraction, multiply, subtract, toNumber } from './rational.js';

const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });
const whole = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 20n });

describe('rational', () => {
  test('every double is a fraction, and comes back from it', () => {
    fc.assert(
      fc.property(doubles, (value) => {
        const { numerator, denominator } = exactly(value);
        // Powers of two alone stand below.
        expect(denominator & (denominator - 1n)).toBe(0n);
        expect(Number(numerator) / Number(denominator) || toNumber(exactly(value))).toBe(value + 0);
      }),
      { seed: 7, examples: [[5e-324], [2.2250738585072014e-308], [-1.7976931348623157e308], [0.1], [-0]] },
    );
  });

  test('calculates as schoolbooks do', () => {
    fc.assert(
      fc.property(whole, positive, whole, positive, (a, b, c, d) => {
        const [x, y] = [fraction(a, b), fraction(c, -d)];
        const equal = (p: { numerator: bigint; denominator: bigint }, n: bigint, m: bigint) =>
          p.numerator * m === n * p.denominator;
        expect(equal(add(x, y), a * d - c * b, b * d)).toBe(true);
        expect(equal(subtract(x, y), a * d + c * b, b * d)).toBe(true);
        expect(equal(multiply(x, y), -a * c, b * d)).toBe(true);
        if (c !== 0n) expect(equal(divide(x, y), -a * d, b * c)).toBe(true);
        const up = ceiling(x);
        expect(up * b >= a && (up - 1n) * b < a).toBe(true);
      }),
      { seed: 7 },
    );
  });
});
