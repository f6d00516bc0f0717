import type { Op } from './index.js';
import { definitionOf } from './opDefinitions.js';

/** Whether the sums of an op fit 16 bits, where kernels are twice as fast. */
export interface NarrowAccumulator {
  /** Whether `ratio` is at most 1. */
  readonly fits: boolean;
  /** `partialSumBound / 32767`: 2 means that weights or activations must become half as large in sum. */
  readonly ratio: number;
}

/** The largest int16. */
const MAX_INT16 = 32767;

/** Answers for an op whether all its partial sums fit 16 bits; undefined where it multiplies by no weights. */
export function narrowAccumulator(op: Op): NarrowAccumulator | undefined {
  const bound = definitionOf(op).partialSumBound?.(op);
  return bound === undefined ? undefined : { fits: bound <= MAX_INT16, ratio: bound / MAX_INT16 };
}
