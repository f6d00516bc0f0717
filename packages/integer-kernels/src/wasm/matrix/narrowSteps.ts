import type { PanelShape } from './panelShape.js';

const MAX_INT16 = 32767;

/** Stored values that a window may hold, padding included. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The most steps, wherever they begin, whose products fit an int16 sum; at most all steps of an accumulator.
 *
 * Exact for the weights given: `weights` are rows of `runs * runLength`. A lane takes every other pair of products, and sums may
 * wrap meanwhile. Walks once over the weights with a window that holds what fits.
 */
export function narrowSteps(
  weights: Int16Array,
  { runs, runLength }: Pick<PanelShape, 'runs' | 'runLength'>,
  { min, max }: ValueRange,
): number {
  const length = runs * runLength;
  const steps = Math.ceil(runLength / 4);
  const largest = new Int32Array(runs * steps);
  const smallest = new Int32Array(runs * steps);
  let fitting = runs * steps;
  for (let row = 0; row < weights.length; row += length) {
    for (const lane of [0, 2]) {
      let [high, low, first] = [0, 0, 0];
      for (let step = 0; step < largest.length; step += 1) {
        const run = Math.floor(step / steps);
        const start = (step - run * steps) * 4 + lane;
        const end = Math.min(start + 2, runLength);
        let [most, least] = [0, 0];
        for (let k = start; k < end; k += 1) {
          const weight = weights[row + run * runLength + k];
          most += Math.max(weight * min, weight * max);
          least += Math.min(weight * min, weight * max);
        }
        largest[step] = most;
        smallest[step] = least;
        high += most;
        low += least;
        for (; high > MAX_INT16 || low < -MAX_INT16 - 1; first += 1) {
          high -= largest[first];
          low -= smallest[first];
          fitting = Math.min(fitting, step - first);
        }
        // One step of int8 weights always fits: with that there is nothing left to find out, a row or two into large weights.
        if (fitting === 1) return 1;
      }
    }
  }
  return fitting;
}
