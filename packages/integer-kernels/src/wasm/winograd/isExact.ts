import type { Conv2dOp } from '../../ops/conv2d.js';
import { weightRange } from '../../packing/decodeWeight.js';
import { weightRowLength } from '../../packing/packedRowBytes.js';
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
  const depth = weightRowLength(op.weights.shape);
  const { min, max } = weightRange(op.weights);
  const levels = [min, max].map((level) => Math.abs(level - op.weights.zeroPoint));
  // Most layers are so small that the format alone decides.
  if (Math.max(below, above) * Math.max(...levels) * depth < LIMIT) return true;
  const weights = unpackWeights(op.weights);
  for (let start = 0; start < weights.length; start += depth) {
    let sum = 0;
    let absolute = 0;
    for (let k = start; k < start + depth; k += 1) {
      sum += weights[k];
      absolute += Math.abs(weights[k]);
    }
    const [positive, negative] = [(absolute + sum) / 2, (absolute - sum) / 2];
    if (below * positive + above * negative > LIMIT) return false;
    if (above * positive + below * negative >= LIMIT) return false;
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
