import type { Conv2dOp } from '../../ops/conv2d.js';
import { unpackWeights } from '../../packing/unpackWeights.js';

/** Outputs are known modulo 2^26: they must lie in -2^25 .. 2^25 - 1. */
const LIMIT = 2 ** 25;

/**
 * The stored value that is subtracted from every input, the middle of what a window can hold.
 *
 * Sums of inputs that are centered are half as large, whatever the zero point is; the bias makes up for it.
 */
export function centerOf(op: Pick<Conv2dOp, 'inputs' | 'padding'>): number {
  const { smallest, largest } = storedRange(op);
  return (smallest + largest + 1) >> 1;
}

/** Whether every sum of centered inputs times weights stays where the algorithm is exact; see docs/arithmetic.md. */
export function isExact(op: Pick<Conv2dOp, 'inputs' | 'padding' | 'weights'>): boolean {
  const { smallest, largest } = storedRange(op);
  const center = centerOf(op);
  const [below, above] = [center - smallest, largest - center];
  const weights = unpackWeights(op.weights);
  const depth = weights.length / op.weights.shape[0];
  for (let start = 0; start < weights.length; start += depth) {
    let positive = 0;
    let negative = 0;
    for (let k = start; k < start + depth; k += 1) {
      const weight = weights[k];
      if (weight > 0) positive += weight;
      else negative -= weight;
    }
    const smallestSum = below * positive + above * negative;
    const largestSum = above * positive + below * negative;
    if (smallestSum > LIMIT || largestSum >= LIMIT) return false;
  }
  return true;
}

/** Stored values that a window can hold. */
function storedRange({ inputs: [{ quantMin, quantMax }], padding }: Pick<Conv2dOp, 'inputs' | 'padding'>): {
  readonly smallest: number;
  readonly largest: number;
} {
  const { top, bottom, left, right, value } = padding;
  if (top + bottom + left + right === 0) return { smallest: quantMin, largest: quantMax };
  return { smallest: Math.min(quantMin, value), largest: Math.max(quantMax, value) };
}
