import { type Rational } from './rational.js';
import { exactly, fraction } from './rational.js';

/** The integers that a low-bit kernel is made of. */
export interface LowBitKernel {
  readonly bits: number;
  /** Odd integers `1 - 2^bits .. 2^bits - 1`, in the order of the teacher's kernel. */
  readonly integers: Int32Array;
  /** Worth of one: `1 / (2^bits - 1)`, or the mean magnitude of a one-bit kernel. Exact. */
  readonly step: Rational;
}

/** Reads the integers back from a kernel that {@link quantizeDoReFa} made: each lies within rounding of its own. */
export function lowBitKernel(quantized: Float32Array, bits: number): LowBitKernel {
  const levels = 2 ** bits - 1;
  const magnitude = bits === 1 ? Math.abs(quantized[0]) : 1;
  const integers = Int32Array.from(quantized, (value) =>
    bits === 1 ? (value >= 0 ? 1 : -1) : 2 * Math.round(((value + 1) * levels) / 2) - levels,
  );
  return { bits, integers, step: bits === 1 ? exactly(magnitude) : fraction(1n, BigInt(levels)) };
}
