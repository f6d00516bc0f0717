import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers that repeat exactly. */
export interface RandomSource {
  /** A whole number of `min .. max`. */
  between(min: number, max: number): number;
  /** A bell-shaped number with mean 0 and deviation 1: the sum of four bytes, at most 3.5 from the mean. */
  bell(): number;
}

/** Opens the source that belongs to a seed. */
export function randomSource(seed: number): RandomSource {
  const generator = xoroshiro128plus(seed);
  return {
    between: (min, max) => min + Math.floor(((generator.next() >>> 0) / 2 ** 32) * (max - min + 1)),
    bell() {
      const bits = generator.next();
      const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
      return (sum - 510) / fourByteDeviation;
    },
  };
}

/** Deviation of the sum of four bytes: each has (256^2 - 1) / 12. */
const fourByteDeviation = Math.sqrt((4 * (256 ** 2 - 1)) / 12);
