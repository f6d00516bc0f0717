import { BnfreeError } from '@bnfree/core';
import { sha256 } from '@noble/hashes/sha2';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers that are addressed by name and repeat exactly. */
export interface RandomStream {
  /** A whole number, each of `minInclusive..maxInclusive` equally likely. */
  nextInt(minInclusive: number, maxInclusive: number): number;
  /** The indices `0..count - 1` in a random order (Fisher-Yates), all orders equally likely. */
  shuffledIndices(count: number): Int32Array;
}

/**
 * Opens the random stream that belongs to a seed and names.
 *
 * The generator (xoroshiro128+) starts from 128 bits of SHA-256 over the seed and the names, so streams of different
 * names are unrelated, and nothing has to be stored to draw the numbers of a step again: its names are enough.
 * A string and the number that looks like it are different names.
 *
 * @param seed safe integer
 * @param names what the numbers are for, such as layer, purpose and step; numbers are safe integers
 * @throws BnfreeError SEED_RANGE
 */
export function randomStream(seed: number, ...names: readonly (string | number)[]): RandomStream {
  for (const part of [seed, ...names]) {
    if (typeof part === 'number' && !Number.isSafeInteger(part)) throw seedError(part);
  }
  // Strings are quoted and numbers are not: no two lists of names have the same text.
  const address = JSON.stringify(['bnfree-random-1', seed, ...names]);
  const hash = sha256(new TextEncoder().encode(address));
  const words = new DataView(hash.buffer, hash.byteOffset);
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => words.getInt32(offset, true)));
  const nextInt = (minInclusive: number, maxInclusive: number) =>
    uniformInt(generator, minInclusive, maxInclusive);
  return {
    nextInt,
    shuffledIndices(count) {
      const indices = Int32Array.from({ length: count }, (_, index) => index);
      for (let last = count - 1; last > 0; last--) {
        const other = nextInt(0, last);
        const kept = indices[last];
        indices[last] = indices[other];
        indices[other] = kept;
      }
      return indices;
    },
  };
}

function seedError(part: number): BnfreeError {
  return new BnfreeError([
    {
      code: 'SEED_RANGE',
      path: 'seed',
      message: `got ${part}, expected a whole number from -(2^53 - 1) to 2^53 - 1`,
      fix: 'seed: 7',
    },
  ]);
}
