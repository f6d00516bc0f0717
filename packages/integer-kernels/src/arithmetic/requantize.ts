import type { Rescale, Rounding } from '../requantization.js';
import { multiplyHigh } from './multiplyHigh.js';
import { roundShift } from './roundShift.js';

const INT32_MIN = -0x80000000;
const INT32_MAX = 0x7fffffff;

/** A dyadic factor and how its result is rounded. */
export interface RoundedRescale extends Rescale {
  readonly rounding: Rounding;
}

/**
 * `round(accumulator * multiplier / 2^shift)`, saturated to int32.
 *
 * Exact for every int32 accumulator, multiplier 0 .. 2^31 - 1 and shift 0 .. 62:
 * - `halfUp`: `floor(accumulator * multiplier / 2^shift + 1/2)`
 * - `halfToEven`: the nearest integer, halves to the even neighbor
 * - `gemmlowp`: with `e = 31 - shift`, a saturating left shift by `max(e, 0)`, then
 *   `floor(x * multiplier / 2^31 + 1/2)`, then a right shift by `max(-e, 0)` that rounds halves away from zero
 *   (TFLite's MultiplyByQuantizedMultiplier, CMSIS-NN's arm_nn_requantize)
 */
export function requantize(accumulator: number, { multiplier, shift, rounding }: RoundedRescale): number {
  if (rounding === 'gemmlowp') return requantizeTwice(accumulator, multiplier, shift);
  return requantizeOnce(accumulator, multiplier, shift, rounding === 'halfToEven');
}

/** The single-rounding forms, on a 64-bit product held in two 32-bit halves. */
export function requantizeOnce(
  accumulator: number,
  multiplier: number,
  shift: number,
  halfToEven: boolean,
): number {
  let high = multiplyHigh(accumulator, multiplier);
  let low = Math.imul(accumulator, multiplier);
  if (shift === 0) return saturate(high, low);
  // Add one half, that is 2^(shift - 1). The product is below 2^62 in magnitude, so that 64 bits hold the sum.
  if (shift <= 32) {
    const sum = (low + (1 << (shift - 1))) | 0;
    if (sum >>> 0 < low >>> 0) high = (high + 1) | 0;
    low = sum;
  } else {
    high = (high + (1 << (shift - 33))) | 0;
  }
  // Where nothing remains below the point now, the quotient was an exact half.
  const evenMask = halfToEven && isFractionZero(high, low, shift) ? ~1 : ~0;
  if (shift < 32) return saturate(high >> shift, ((low >>> shift) | (high << (32 - shift))) & evenMask);
  return (high >> (shift - 32)) & evenMask;
}

/** The double-rounding form of gemmlowp. */
export function requantizeTwice(accumulator: number, multiplier: number, shift: number): number {
  const exponent = 31 - shift;
  const scaled = exponent > 0 ? shiftLeftSaturating(accumulator, exponent) : accumulator;
  // floor(scaled * multiplier / 2^31 + 1/2), below 2^31 in magnitude because the multiplier is.
  const product = requantizeOnce(scaled, multiplier, 31, false);
  return exponent < 0 ? roundShift(product, -exponent, 'gemmlowp') : product;
}

/** `value * 2^shift`, saturated to int32, for a shift of 0 .. 31. */
export function shiftLeftSaturating(value: number, shift: number): number {
  const shifted = value << shift;
  if (shifted >> shift === value) return shifted;
  return value < 0 ? INT32_MIN : INT32_MAX;
}

function isFractionZero(high: number, low: number, shift: number): boolean {
  if (shift < 32) return low << (32 - shift) === 0;
  return low === 0 && (shift === 32 || high << (64 - shift) === 0);
}

function saturate(high: number, low: number): number {
  if (high === low >> 31) return low;
  return high < 0 ? INT32_MIN : INT32_MAX;
}
