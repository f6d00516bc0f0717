import { unpackWeights } from '../packing/unpackWeights.js';
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
    const values = unpackWeights(weights);
    const length = values.length / weights.shape[0];
    sums = new Float64Array(weights.shape[0]);
    for (let channel = 0, next = 0; channel < sums.length; channel += 1) {
      let sum = 0;
      for (const end = next + length; next < end; next += 1) sum += Math.abs(values[next]);
      sums[channel] = sum;
    }
    known.set(weights, sums);
  }
  return sums;
}
