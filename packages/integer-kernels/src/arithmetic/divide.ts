import { multiplyHighUnsigned } from './multiplyHigh.js';

/** How a division rounds; `halfAwayFromZero` is for means only. */
export type DivisionRounding = 'halfUp' | 'halfToEven' | 'halfAwayFromZero';

/** A divisor with the exact reciprocal that replaces the division. */
export interface Divisor {
  /** 1 .. 2^31 - 1. */
  readonly value: number;
  /** `floor(2^32 * (2^length - value) / value) + 1` as an int32 bit pattern. */
  readonly reciprocal: number;
  readonly firstShift: number;
  readonly secondShift: number;
}

/**
 * Prepares a divisor of 1 .. 2^31 - 1.
 *
 * Granlund and Montgomery, Division by Invariant Integers using Multiplication (1994), figure 4.1:
 * the quotient of every uint32 dividend is exact.
 */
export function prepareDivisor(value: number): Divisor {
  const length = 32 - Math.clz32(value - 1);
  const excess = (1n << BigInt(length)) - BigInt(value);
  const reciprocal = (excess << 32n) / BigInt(value) + 1n;
  return {
    value,
    reciprocal: Number(BigInt.asIntN(32, reciprocal)),
    firstShift: Math.min(length, 1),
    secondShift: Math.max(length - 1, 0),
  };
}

/** `floor(dividend / divisor)` of a uint32 dividend; the result is a uint32. */
export function divideUnsigned(dividend: number, divisor: Divisor): number {
  const high = multiplyHighUnsigned(divisor.reciprocal, dividend) >>> 0;
  const half = ((dividend >>> 0) - high) >>> divisor.firstShift;
  return (high + half) >>> divisor.secondShift;
}

/**
 * `round(dividend / divisor)` of an int32 dividend; exact, cannot overflow.
 *
 * Only 32-bit operations: a quotient by the prepared reciprocal, then a comparison of the remainder with its complement.
 */
export function divide(dividend: number, divisor: Divisor, rounding: DivisionRounding): number {
  const isNegative = dividend < 0;
  const magnitude = (isNegative ? -dividend : dividend) >>> 0;
  const quotient = divideUnsigned(magnitude, divisor);
  const remainder = (magnitude - Math.imul(quotient, divisor.value)) | 0;
  const complement = divisor.value - remainder;
  const isTie = remainder === complement;
  let rounded = quotient;
  if (remainder > complement || (isTie && roundsTieUp(quotient, isNegative, rounding))) rounded += 1;
  return (isNegative ? -rounded : rounded) | 0;
}

/** Whether the magnitude of an exact half grows. */
function roundsTieUp(quotient: number, isNegative: boolean, rounding: DivisionRounding): boolean {
  if (rounding === 'halfToEven') return (quotient & 1) === 1;
  return rounding === 'halfAwayFromZero' || !isNegative;
}
