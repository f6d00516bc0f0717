import type { Rescale } from '../../src/index.js';

/** An exact quotient of two integers; the denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The exact value of a finite float: every float is an integer times a power of two. */
export function rationalOf(value: number): Rational {
  let exponent = 0;
  let integer = value;
  while (!Number.isInteger(integer)) {
    integer *= 2;
    exponent++;
  }
  return { numerator: BigInt(integer), denominator: 1n << BigInt(exponent) };
}

export function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** `a / b` for positive b. */
export function divide(a: Rational, b: Rational): Rational {
  return multiply(a, { numerator: b.denominator, denominator: b.numerator });
}

/**
 * The nearest `multiplier / 2^shift` with a multiplier of up to 31 bits.
 *
 * Exact for dyadic factors. Otherwise the relative error is at most 2^-31, so a product with an accumulator rounds to
 * the same integer as the exact one unless it lies within 2^-31 of itself from a half.
 */
export function nearestRescale({ numerator, denominator }: Rational): Rescale {
  for (let shift = 62; shift >= 0; shift--) {
    const scaled = numerator << BigInt(shift + 1);
    const multiplier = (scaled / denominator + 1n) >> 1n;
    if (multiplier < 1n << 31n) return { multiplier: Number(multiplier), shift };
  }
  throw new Error(`${String(numerator)}/${String(denominator)} is too large for a multiplier`);
}
