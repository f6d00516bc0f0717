import type { OpName, Ops } from '../ops/index.js';
import type { OpenOperands } from '../memory/openOperands.js';

/** Words of 32 bits that a kernel needs beside its operands. */
export interface KernelWords {
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
  /** What the op needs; undefined where the reference kernel is to run it. */
  wordsOf(op: Ops[Name]): KernelWords | undefined;
  /** Writes the constants; the function that it returns reads the inputs and writes the output. */
  prepare(op: Ops[Name], operands: FastOperands): () => void;
}

/** Weights, or values of a second matrix, beyond which offsets in packed memory might leave int32. */
export const maxPackedValues = 0x8000000;
