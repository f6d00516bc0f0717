import type { ActivationSpec } from '../activation.js';
import type { Issue } from '../errors.js';
import { activationMagnitude, biasMagnitude } from '../ops/activationMagnitude.js';
import type { AccumulatorBound } from '../ops/op.js';
import { weightRange } from '../packing/decodeWeight.js';
import { weightRowLength } from '../packing/packedRowBytes.js';
import type { Weights } from '../weights.js';

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

/** An op that multiplies by constant weights. */
interface WeightedOp {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly bias?: Int32Array;
  readonly padding?: { readonly value: number };
}

/**
 * The same for an op with weights, whose exact bound takes a walk over them.
 *
 * The format of the weights decides for most: few sums are so long that their largest weights could overflow.
 */
export function checkWeightedAccumulator(
  { inputs: [input], weights, bias, padding }: WeightedOp,
  exactBound: () => AccumulatorBound,
): Issue[] {
  const { min, max } = weightRange(weights);
  const weight = Math.max(Math.abs(min - weights.zeroPoint), Math.abs(max - weights.zeroPoint));
  const value = Math.max(
    activationMagnitude(input),
    Math.abs((padding?.value ?? input.zeroPoint) - input.zeroPoint),
  );
  const largest = weightRowLength(weights.shape) * weight * value + biasMagnitude(bias);
  return largest <= maxAccumulator ? [] : checkAccumulator(exactBound());
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
