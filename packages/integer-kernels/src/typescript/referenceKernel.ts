import type { OpenOperands } from '../memory/openOperands.js';
import type { OpName, Ops } from '../ops/index.js';

/** Prepares one op; the function it returns reads the inputs and writes the output. */
export type ReferenceKernel<Name extends OpName> = (op: Ops[Name], operands: OpenOperands) => () => void;
