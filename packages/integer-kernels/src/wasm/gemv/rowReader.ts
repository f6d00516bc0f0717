import { packedRowBytes, weightRowLength } from '../../packing/packedRowBytes.js';
import type { Weights } from '../../weights.js';
import type { StoredBits, StoredCodes } from './storedCodes.js';

/** Reads rows of packed weights as stored codes, one row at a time. */
export interface RowReader {
  /** The stored values of the row that was read last, low bits first, then zeros. */
  readonly words: Int32Array;
  read(row: number): void;
  /** Sum of the stored values of the row that was read last. */
  sum(): number;
}

/** A reader of rows into at least `byteLength` bytes, a multiple of 4. */
export function rowReader(weights: Weights, stored: StoredCodes, byteLength: number): RowReader {
  const { bits, flip, lower } = stored;
  const length = weightRowLength(weights.shape);
  const sourceBytes = packedRowBytes(length, weights.bits);
  const usedBytes = packedRowBytes(length, bits);
  const lastBits = (length * bits) & 7;
  const words = new Int32Array(byteLength / 4);
  const bytes = new Uint8Array(words.buffer);
  const spread = codeSpreader(weights.bits, bits);
  const flips = repeat(flip, bits);
  return {
    words,
    read(row) {
      const source = weights.data.subarray(row * sourceBytes, (row + 1) * sourceBytes);
      if (weights.bits === bits) bytes.set(source);
      else spread(source, words);
      if (flip !== 0) for (let index = 0; index < words.length; index += 1) words[index] ^= flips;
      if (lower !== 0) lowerBytes(words, lower);
      if (lastBits > 0) bytes[usedBytes - 1] &= (1 << lastBits) - 1;
      bytes.fill(0, usedBytes);
    },
    sum: () => sumFields(words, bits),
  };
}

/** A pattern in every field of a word. */
function repeat(pattern: number, bits: StoredBits): number {
  return Math.imul(pattern, Math.floor(0xffffffff / (2 ** bits - 1)));
}

/**
 * A function that stores codes wider, a word at a time.
 *
 * The codes of a word are halved and their upper half is moved into place, then the codes of each half, until each is one.
 */
function codeSpreader(bits: number, storedBits: StoredBits): (source: Uint8Array, words: Int32Array) => void {
  const fields = 32 / storedBits;
  const steps: { readonly low: number; readonly high: number; readonly shift: number }[] = [];
  for (let half = fields / 2; half >= 1; half /= 2) {
    const low = repeat((1 << (half * bits)) - 1, (2 * half * storedBits) as StoredBits);
    steps.push({ low, high: low << (half * bits), shift: half * (storedBits - bits) });
  }
  return (source, words) => {
    const count = Math.min(Math.ceil((source.length * 8) / bits / fields), words.length);
    for (let index = 0; index < count; index += 1) {
      const bit = index * fields * bits;
      const at = bit >> 3;
      const bytes = source[at] | (source[at + 1] << 8) | (source[at + 2] << 16) | (source[at + 3] << 24);
      let word = bytes >>> (bit & 7);
      for (const { low, high, shift } of steps) word = (word & low) | ((word & high) << shift);
      words[index] = word;
    }
  };
}

/** Subtracts a number of at most 64 from every byte of 0 .. 127. */
function lowerBytes(words: Int32Array, amount: number): void {
  const amounts = repeat(amount, 8);
  for (let index = 0; index < words.length; index += 1) {
    // The highest bit of each byte keeps borrows inside.
    words[index] = ((words[index] | 0x80808080) - amounts) ^ 0x80808080;
  }
}

/** Sum of all fields of some words: neighbors are added within a word until one sum is left. */
function sumFields(words: Int32Array, bits: StoredBits): number {
  let total = 0;
  for (let index = 0; index < words.length; index += 1) {
    let word = words[index];
    if (bits === 1) word = (word & 0x55555555) + ((word >>> 1) & 0x55555555);
    if (bits <= 2) word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    if (bits <= 4) word = (word & 0x0f0f0f0f) + ((word >>> 4) & 0x0f0f0f0f);
    // Signed bytes are moved up by 128.
    else word ^= 0x80808080;
    word = (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff);
    total += (word & 0xffff) + (word >>> 16);
  }
  return bits === 8 ? total - words.length * 512 : total;
}
