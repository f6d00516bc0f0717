import type { WeightFormat } from '../../weights.js';

/** Bits of a weight in the constants of a kernel. */
export type StoredBits = 1 | 2 | 4 | 8;

/**
 * How a kernel keeps weights: `weight = factor * stored + addend`.
 *
 * Below eight bits a stored value is an unsigned code, two's complement moved up by half its range; with eight bits it is signed.
 */
export interface StoredCodes {
  readonly bits: StoredBits;
  readonly factor: 1 | 2;
  readonly addend: number;
  /** Bits of a code that are inverted, and what is then subtracted, modulo 256. */
  readonly flip: number;
  readonly lower: number;
  /** Largest magnitude of a stored value. */
  readonly magnitude: number;
}

/** Plans weights of any format in `bits` bits, which must hold their codes. */
export function storedCodes({ bits: ownBits, code, zeroPoint }: WeightFormat, bits: StoredBits): StoredCodes {
  const half = 1 << (ownBits - 1);
  const isTwosComplement = code === 'twosComplement';
  const isOdd = code === 'odd' || code === 'sign';
  const factor = isOdd ? 2 : 1;
  const lowest = isTwosComplement ? -half : isOdd ? 1 - 2 * half : 0;
  const lower = bits === 8 ? half : 0;
  const flip = isTwosComplement ? half : 0;
  return {
    bits,
    factor,
    addend: lowest - zeroPoint + factor * lower,
    // Of eight bits, half the range is inverting the highest.
    ...(ownBits === 8 ? { flip: flip ^ lower, lower: 0 } : { flip, lower }),
    magnitude: bits === 8 ? half : 2 * half - 1,
  };
}
