import type { DyadicScale } from '@bnfree/core';
import type { Rational } from '../plan/studentPlan.js';

const maxMultiplier = 2 ** 31 - 1;
const maxShift = 62;

/**
 * Nearest `multiplier / 2^shift` to a positive number, with as many bits of multiplier as fit in 31.
 * Exact for a number that needs no more; otherwise the relative error is at most 2^-31.
 */
export function toDyadic(value: number): DyadicScale {
  if (!(value > 0) || !Number.isFinite(value)) throw new RangeError(`no dyadic form for ${value}`);
  const exponent = Math.floor(Math.log2(value));
  return atShift(value, Math.min(maxShift, Math.max(0, 30 - exponent)));
}

/** Nearest `multiplier / 2^shift` for a given shift; lowers the shift if rounding reaches 2^31. */
export function atShift(value: number, shift: number): DyadicScale {
  const multiplier = Math.round(value * 2 ** shift);
  if (multiplier > maxMultiplier) {
    if (shift === 0) throw new RangeError(`${value} is above the range of a 31-bit multiplier`);
    return atShift(value, shift - 1);
  }
  return { multiplier: Math.max(1, multiplier), shift };
}

/** The number that a dyadic scale stands for; exact in float64. */
export function fromDyadic({ multiplier, shift }: DyadicScale): number {
  return multiplier / 2 ** shift;
}

/** The same for a fraction of integers; rounded to 31 bits where the denominator is no power of two. */
export function rationalToDyadic({ numerator, denominator }: Rational): DyadicScale {
  const dyadic = toDyadic(numerator / denominator);
  return reduce(dyadic);
}

/** Takes out common factors of two, so that 1/128 is `{1, 7}`. */
function reduce({ multiplier, shift }: DyadicScale): DyadicScale {
  let m = multiplier;
  let s = shift;
  while (m % 2 === 0 && s > 0) {
    m /= 2;
    s -= 1;
  }
  return { multiplier: m, shift: s };
}
