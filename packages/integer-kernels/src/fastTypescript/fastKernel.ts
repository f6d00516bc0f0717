import type { OpName, Ops } from '../ops/index.js';
import type { OpenOperands } from '../memory/openOperands.js';

/** Which kernel runs an op, and the words of 32 bits that it needs beside its operands. */
export interface FastPlan {
  /** For `describe()`. */
  readonly kernel: string;
  readonly constants: number;
  readonly scratch: number;
}

/** The operands of a kernel, and the memory that it asked for. */
export interface FastOperands extends OpenOperands {
  /** The whole arena. */
  readonly words: Int32Array;
  /** First word of the constants. */
  readonly constants: number;
  /** First word of the scratch. */
  readonly scratch: number;
}

/** How one op runs on this backend. */
export interface FastKernel<Name extends OpName> {
  /** What runs the op; undefined where the reference kernel is to run it. */
  planOf(op: Ops[Name]): FastPlan | undefined;
  /** Writes the constants; the function that it returns reads the inputs and writes the output. */
  prepare(op: Ops[Name], operands: FastOperands): () => void;
}

/** Weights, or values of a second matrix, beyond which offsets in packed memory might leave int32. */
export const maxPackedValues = 0x8000000;
