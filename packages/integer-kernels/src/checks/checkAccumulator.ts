import type { Issue } from '../errors.js';
import type { AccumulatorBound } from '../ops/op.js';

/** Largest accumulator that all backends compute exactly. */
export const maxAccumulator = 0x7fffffff;

/** Checks that no input can drive a partial sum out of int32. */
export function checkAccumulator({ magnitude, channel }: AccumulatorBound): Issue[] {
  if (magnitude <= maxAccumulator) return [];
  return [
    {
      code: 'ACCUMULATOR_OVERFLOW',
      path: 'accumulator',
      message: `got a worst case of ${magnitude} in output channel ${channel}, expected at most ${maxAccumulator}`,
      fix: 'use fewer bits for weights or activations, or a smaller bias or window',
    },
  ];
}

/** Checks that a run's multiply-accumulates can be counted exactly. */
export function checkMacs(macs: number): Issue[] {
  if (macs <= Number.MAX_SAFE_INTEGER) return [];
  return [
    {
      code: 'TENSOR_TOO_LARGE',
      path: 'output.shape',
      message: `got ${macs} multiply-accumulates, expected at most 2^53 - 1`,
      fix: 'split the op, for example into smaller batches',
    },
  ];
}
