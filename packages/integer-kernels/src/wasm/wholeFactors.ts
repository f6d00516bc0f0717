import { requantize } from '../arithmetic/requantize.js';
import type { AddOp } from '../ops/add.js';

/** An addition as `floor((a * factors[0] + b * factors[1]) / 2^shift + 1/2)`, `a` and `b` without their zero points. */
export interface WholeFactors {
  readonly factors: readonly number[];
  readonly shift: number;
}

/** Bits of the larger factor. */
const BITS = 30;

const known = new WeakMap<AddOp, { readonly found: WholeFactors | undefined }>();

/**
 * The factors that an addition of bytes amounts to, whatever it rounds on the way; undefined where there are none.
 *
 * What is rounded several times is seldom the same as what is rounded once: factors hold only where every pair of bytes was tried
 * and gives the same result.
 */
export function wholeFactors(addition: AddOp): WholeFactors | undefined {
  let answer = known.get(addition);
  if (answer === undefined) {
    answer = { found: findFactors(addition) };
    known.set(addition, answer);
  }
  return answer.found;
}

function findFactors(addition: AddOp): WholeFactors | undefined {
  const { inputs, leftShift, rescales, outputRescale } = addition;
  if ([...inputs, addition.output].some(({ type }) => type === 'int32')) return undefined;
  const scale = (outputRescale.multiplier / 2 ** outputRescale.shift) * 2 ** leftShift;
  const ideal = rescales.map(({ multiplier, shift }) => (multiplier / 2 ** shift) * scale);
  const shift = BITS - 1 - Math.floor(Math.log2(Math.max(...ideal)));
  // What is left of the shift after the low half of the factors must be one of 1 .. 30.
  if (!(shift > BITS / 2 && shift <= BITS / 2 + 30)) return undefined;
  const sums = pairSums(addition);
  const [first, second] = ideal.map((factor) => Math.floor(factor * 2 ** shift));
  const candidates = [0, 1].flatMap((a) => [0, 1].map((b) => [first + a, second + b]));
  const factors = candidates.find(
    (each) => Math.max(...each) < 2 ** BITS && areExact(addition, sums, each, shift),
  );
  return factors && { factors, shift };
}

/** The rescaled values of both operands, and where among their sums each result begins. */
interface PairSums {
  readonly terms: readonly Float64Array[];
  /** The smallest sum that gives at least `min + index`: from minus infinity on to, behind the last, infinity. */
  readonly starts: Float64Array;
  readonly min: number;
}

function pairSums({ inputs, output, leftShift, rescales, outputRescale, rounding }: AddOp): PairSums {
  const terms = inputs.map(({ quantMin, quantMax, zeroPoint }, index) =>
    Float64Array.from({ length: quantMax - quantMin + 1 }, (_, value) =>
      requantize((value + quantMin - zeroPoint) << leftShift, { ...rescales[index], rounding }),
    ),
  );
  const [min, max] = [output.quantMin - output.zeroPoint, output.quantMax - output.zeroPoint];
  const rescaleSum = { ...outputRescale, rounding };
  const least = Math.min(...terms[0]) + Math.min(...terms[1]);
  const most = Math.max(...terms[0]) + Math.max(...terms[1]);
  const starts = Float64Array.from({ length: max - min + 2 }, (_, index) => {
    if (index === 0) return -Infinity;
    // Requantization never falls: the first sum is found by halving.
    let [low, high] = [least, most + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (requantize(middle, rescaleSum) >= min + index) high = middle;
      else low = middle + 1;
    }
    return index > max - min || low > most ? Infinity : low;
  });
  return { terms, starts, min };
}

function areExact(
  { inputs }: AddOp,
  { terms: [left, right], starts, min }: PairSums,
  [first, second]: readonly number[],
  shift: number,
): boolean {
  const [a, b] = inputs.map(({ quantMin, zeroPoint }) => quantMin - zeroPoint);
  const [unit, last] = [2 ** shift, starts.length - 2];
  for (let i = 0; i < left.length; i += 1) {
    // Whole numbers below 2^53.
    const start = first * (i + a) + unit / 2;
    for (let j = 0; j < right.length; j += 1) {
      const level = Math.floor((start + second * (j + b)) / unit) - min;
      const index = level < 0 ? 0 : level > last ? last : level;
      const sum = left[i] + right[j];
      if (sum < starts[index] || sum >= starts[index + 1]) return false;
    }
  }
  return true;
}
