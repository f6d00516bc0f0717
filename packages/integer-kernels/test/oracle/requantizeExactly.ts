import type { Rescale, Rounding } from '../../src/index.js';
import { floorQuotient, roundQuotient } from './roundQuotient.js';

/** `round(accumulator * multiplier / 2^shift)` as docs/arithmetic.md states it, in exact integers. */
export function requantizeExactly(
  accumulator: bigint,
  { multiplier, shift }: Rescale,
  rounding: Rounding,
): bigint {
  const factor = BigInt(multiplier);
  if (rounding !== 'gemmlowp') {
    return saturate(roundQuotient(accumulator * factor, 2n ** BigInt(shift), rounding));
  }
  const exponent = 31 - shift;
  const scaled = saturate(accumulator * 2n ** BigInt(Math.max(exponent, 0)));
  const high = floorQuotient(scaled * factor + 2n ** 30n, 2n ** 31n);
  return roundQuotient(high, 2n ** BigInt(Math.max(-exponent, 0)), 'halfAwayFromZero');
}

/** The nearest int32. */
export function saturate(value: bigint): bigint {
  return clamp(value, -(2n ** 31n), 2n ** 31n - 1n);
}

/** The nearest value of `min .. max`. */
export function clamp(value: bigint, min: bigint, max: bigint): bigint {
  if (value < min) return min;
  return value > max ? max : value;
}
