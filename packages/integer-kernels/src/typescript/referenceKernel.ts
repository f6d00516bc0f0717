import type { OpName, Ops } from '../ops/index.js';
import type { TensorView } from '../memory/tensorView.js';

/** The operands of a kernel, opened in their arena. */
export interface ReferenceOperands {
  readonly inputs: readonly TensorView[];
  readonly output: TensorView;
}

/** Prepares one op; the function it returns reads the inputs and writes the output. */
export type ReferenceKernel<Name extends OpName> = (op: Ops[Name], operands: ReferenceOperands) => () => void;
