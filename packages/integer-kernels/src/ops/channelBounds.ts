import { rowMagnitudes } from '../packing/rowMagnitudes.js';
import type { Weights } from '../weights.js';

/**
 * Largest accumulator of every output channel, from above: `sum |weight| * magnitude + |bias|`.
 *
 * `magnitude` is the largest `|value - zeroPoint|`, padding included. Walks over the weights once, however often it is asked.
 */
export function channelBounds(weights: Weights, magnitude: number, bias: Int32Array | undefined): number[] {
  return Array.from(
    magnitudesOf(weights),
    (sum, channel) => sum * magnitude + Math.abs(bias?.[channel] ?? 0),
  );
}

const known = new WeakMap<Weights, Float64Array>();

/** `sum |weight|` of every output channel. */
function magnitudesOf(weights: Weights): Float64Array {
  let sums = known.get(weights);
  if (sums === undefined) {
    sums = rowMagnitudes(weights);
    known.set(weights, sums);
  }
  return sums;
}
