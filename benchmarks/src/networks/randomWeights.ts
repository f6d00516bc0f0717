import { packCodes, type WeightFormat, type Weights } from '@bnfree/integer-kernels';
import type { RandomSource } from './randomSource.js';

export type WeightBits = 1 | 2 | 4 | 8;

/** Weights, and the root of the sum of squares of every output channel, which scales what comes after. */
export interface RandomWeights {
  readonly weights: Weights;
  readonly norms: Float64Array;
}

/** Deviation of bell-shaped weights by their bits: a trained layer's largest weight is several deviations out. */
const deviations: Readonly<Record<WeightBits, number>> = { 8: 32, 4: 2.5, 2: 0.8, 1: 1 };

/** Bell-shaped weights, +-1 for one bit; `isSymmetric` leaves out the one level that has no opposite. */
export function randomWeights(
  shape: readonly number[],
  bits: WeightBits,
  random: RandomSource,
  isSymmetric = false,
): RandomWeights {
  const format: WeightFormat = { bits, code: bits === 1 ? 'sign' : 'twosComplement', zeroPoint: 0 };
  const codes = new Uint8Array(shape.reduce((product, size) => product * size, 1));
  const norms = new Float64Array(shape[0]);
  const rowLength = codes.length / shape[0];
  const [max, mask] = [2 ** (bits - 1) - 1, 2 ** bits - 1];
  const min = isSymmetric ? -max : -max - 1;
  for (let channel = 0, i = 0; channel < shape[0]; channel += 1) {
    let squares = 0;
    for (const end = i + rowLength; i < end; i += 1) {
      const drawn = random.bell() * deviations[bits];
      const value = bits === 1 ? Math.sign(drawn) || 1 : Math.max(min, Math.min(max, Math.round(drawn)));
      codes[i] = bits === 1 ? (value + 1) / 2 : value & mask;
      squares += value * value;
    }
    norms[channel] = Math.sqrt(Math.max(1, squares));
  }
  // 8-bit codes are stored one a byte: packing them would change nothing.
  const weights =
    bits === 8 ? { ...format, shape: [...shape], data: codes } : packCodes(codes, shape, format);
  return { weights, norms };
}
