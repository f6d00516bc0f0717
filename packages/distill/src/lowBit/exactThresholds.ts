import type { ExactAffine } from './exactAffine.js';
import { ceiling, divide, fraction, multiply, subtract, type Rational } from './rational.js';

const int32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n } as const;

/**
 * Accumulators from which on an activation of `bits` bits reaches 1, 2, ... of its levels, for one channel.
 *
 * The value is `gain * (sum * unit) + offset`, the level `floor((2^bits - 1) * value + 1/2)`, cut to its range. Where the gain is below
 * zero the sums are those of negated weights, so that thresholds always ascend. A threshold that no int32 reaches is the
 * largest, one that all reach the smallest; with a gain of zero all are one of the two.
 */
export function exactThresholds({ gain, offset }: ExactAffine, unit: Rational, bits: number): Int32Array {
  const levels = 2 ** bits - 1;
  return Int32Array.from({ length: levels }, (_, i) => {
    const edge = fraction(BigInt(2 * i + 1), BigInt(2 * levels));
    const distance = subtract(edge, offset);
    if (gain.numerator === 0n) return Number(distance.numerator <= 0n ? int32.min : int32.max);
    const slope = multiply(gain, unit);
    const magnitude = slope.numerator < 0n ? fraction(-slope.numerator, slope.denominator) : slope;
    const reached = ceiling(divide(distance, magnitude));
    return Number(reached < int32.min ? int32.min : reached > int32.max ? int32.max : reached);
  });
}
