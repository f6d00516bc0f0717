/** The roundings of the specification, and the one that means of stored values use. */
export type OracleRounding = 'halfUp' | 'halfToEven' | 'halfAwayFromZero';

/** `round(numerator / denominator)` in exact integers; the denominator is positive. */
export function roundQuotient(numerator: bigint, denominator: bigint, rounding: OracleRounding): bigint {
  switch (rounding) {
    case 'halfUp':
      return floorQuotient(2n * numerator + denominator, 2n * denominator);
    case 'halfAwayFromZero': {
      const magnitude = numerator < 0n ? -numerator : numerator;
      const rounded = (2n * magnitude + denominator) / (2n * denominator);
      return numerator < 0n ? -rounded : rounded;
    }
    case 'halfToEven': {
      const floor = floorQuotient(numerator, denominator);
      const doubled = 2n * (numerator - floor * denominator);
      const isUp = doubled > denominator || (doubled === denominator && floor % 2n !== 0n);
      return isUp ? floor + 1n : floor;
    }
  }
}

/** `floor(numerator / denominator)`. */
export function floorQuotient(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}
