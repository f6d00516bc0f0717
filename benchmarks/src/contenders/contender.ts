import type { TensorValues } from '@bnfree/integer-kernels';

/** One engine, ready to run one work item. */
export interface Contender {
  readonly name: string;
  /** Whether its result should be ours but for rounding. */
  readonly isComparable: boolean;
  /** The whole work once. Returns a promise where, and only where, it must be waited for. */
  run(): unknown;
  /** What the last run gave, in our stored values, channels last; numbers may have fractions. */
  read(): Promise<ArrayLike<number>>;
  dispose(): Promise<void>;
}

/** Dense operands of a work item, in our stored values. */
export type WorkInputs = readonly TensorValues[];
