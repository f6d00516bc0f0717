import type { ActivationSpec } from '../activation.js';
import type { Issue } from '../errors.js';

/** What every op is: a name, its activation operands and its output, constants inline. Plain data. */
export interface OpBase<Name extends string> {
  readonly op: Name;
  readonly inputs: readonly ActivationSpec[];
  readonly output: ActivationSpec;
}

/** The largest magnitude that any partial sum of an op can reach, whatever the input and the order of summation. */
export interface AccumulatorBound {
  /** `max over channels of (sum |weight * input| + |bias|)`, exact. At most 2^31 - 1 in a valid op. */
  readonly magnitude: number;
  /** Output channel where it is reached; 0 where channels do not differ. */
  readonly channel: number;
}

/** What an op answers for itself. Shared code asks this and never the op's name. */
export interface OpDefinition<Op extends OpBase<string>> {
  readonly name: Op['op'];
  /** All problems of the op's own fields; empty when the op is valid. Never throws, whatever the values. */
  check(op: Op): Issue[];
  /** Output shape that the operands imply. The op must have passed the shape part of `check`. */
  outputShape(op: Op): number[];
  /** Worst-case accumulator. */
  accumulatorBound(op: Op): AccumulatorBound;
  /**
   * Largest `sum |weight| * |stored value|` of an output channel: what kernels add up, without bias and zero points.
   *
   * Absent for ops that multiply by no weights.
   */
  partialSumBound?(op: Op): number;
  /** Multiply-accumulates of one run. 0 for ops that do not multiply. */
  macs(op: Op): number;
  /** One line for people: `3x3 conv, stride 1, 64 -> 128, W4`. */
  describe(op: Op): string;
  /** The same op for another batch size (the first axis of every activation). */
  withBatch(op: Op, batch: number): Op;
}
