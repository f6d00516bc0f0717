import type { PanelShape } from './panelShape.js';

/** Stored values that a window may hold, padding included. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** What narrow sums can take. */
export interface NarrowSums {
  /** Of a signed sum. */
  readonly bits: number;
  /** Products of a step: two for each lane of a channel. */
  readonly depth: 2 | 4;
  /** Rows that are summed so; default all. */
  readonly hasRow?: (row: number) => boolean;
}

const int16Sums: NarrowSums = { bits: 16, depth: 4 };

/**
 * The most steps, wherever they begin, whose products fit a narrow sum; at most all steps of an accumulator. Below two: 0 or 1.
 *
 * Exact for the weights given: `weights` are rows of `runs * runLength`. A lane takes pairs of products by turns, and sums may
 * wrap meanwhile. Walks once over the weights with a window that holds what fits.
 */
export function narrowSteps(
  weights: Int16Array,
  { runs, runLength }: Pick<PanelShape, 'runs' | 'runLength'>,
  values: ValueRange,
  { bits, depth, hasRow }: NarrowSums = int16Sums,
): number {
  const length = runs * runLength;
  const steps = Math.ceil(runLength / depth);
  const limit = 2 ** (bits - 1);
  const lanes = depth === 4 ? [0, 2] : [0];
  // With zero among the values no part of what fits can be larger: folds may also come sooner.
  const [min, max] = [Math.min(0, values.min), Math.max(0, values.max)];
  const largest = new Int32Array(runs * steps);
  const smallest = new Int32Array(runs * steps);
  let fitting = runs * steps;
  for (let row = 0; row < weights.length; row += length) {
    if (hasRow?.(row / length) === false) continue;
    for (const lane of lanes) {
      let [high, low, first, step] = [0, 0, 0, 0];
      for (let start = row; start < row + length; start += runLength) {
        const end = start + runLength;
        for (let k = start + lane; k < start + steps * depth; k += depth, step += 1) {
          const weight = k < end ? weights[k] : 0;
          const next = k + 1 < end ? weights[k + 1] : 0;
          const most = (weight > 0 ? weight * max : weight * min) + (next > 0 ? next * max : next * min);
          const least = (weight > 0 ? weight * min : weight * max) + (next > 0 ? next * min : next * max);
          largest[step] = most;
          smallest[step] = least;
          high += most;
          low += least;
          while (high >= limit || low < -limit) {
            high -= largest[first];
            low -= smallest[first];
            fitting = Math.min(fitting, step - first);
            first += 1;
          }
        }
        // With so few there is nothing left to find out, a row or two into large weights.
        if (fitting <= 1) return fitting;
      }
    }
  }
  return fitting;
}
