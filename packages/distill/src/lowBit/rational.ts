/** A fraction of two big integers; the denominator is above zero. Not always in lowest terms. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A fraction, with its sign in the numerator. */
export function fraction(numerator: bigint, denominator: bigint): Rational {
  if (denominator === 0n) throw new RangeError('a fraction over zero');
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator };
}

const twoTo52 = 2 ** 52;

/** The number that a float64 is, exactly. */
export function exactly(value: number): Rational {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no number`);
  if (value === 0) return fraction(0n, 1n);
  const exponent = Math.floor(Math.log2(Math.abs(value))) - 52;
  // Two steps: 2^-exponent alone may be beyond what a float64 holds.
  const half = Math.trunc(exponent / 2);
  const scaled = value * 2 ** -half * 2 ** (half - exponent);
  if (!Number.isInteger(scaled)) return exactlyTiny(value);
  return exponent >= 0
    ? fraction(BigInt(scaled) << BigInt(exponent), 1n)
    : fraction(BigInt(scaled), 1n << BigInt(-exponent));
}

/** Numbers so small that their exponent has no place for 52 bits more. */
function exactlyTiny(value: number): Rational {
  let scaled = value;
  let shift = 0n;
  while (!Number.isInteger(scaled)) {
    scaled *= twoTo52;
    shift += 52n;
  }
  return fraction(BigInt(scaled), 1n << shift);
}

export function add(a: Rational, b: Rational): Rational {
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, fraction(-b.numerator, b.denominator));
}

export function multiply(a: Rational, b: Rational): Rational {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function divide(a: Rational, b: Rational): Rational {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** The least whole number that is not below a fraction. */
export function ceiling({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  return numerator > 0n && quotient * denominator !== numerator ? quotient + 1n : quotient;
}

/** The nearest float64, or one beside it; for people and for starting points. */
export function toNumber({ numerator, denominator }: Rational): number {
  const bits = numerator.toString(2).length - denominator.toString(2).length;
  const shift = BigInt(Math.max(0, 64 - bits));
  const scaled = Number((numerator << shift) / denominator);
  // In two steps, for the same reason as above.
  const half = Number(shift) >> 1;
  return scaled / 2 ** half / 2 ** (Number(shift) - half);
}
