import type { OperandViews } from '../backend.js';
import type { Op } from '../ops/index.js';
import { type TensorView, tensorView } from './tensorView.js';

/** The operands of an op, opened in their arena. */
export interface OpenOperands {
  readonly inputs: readonly TensorView[];
  readonly output: TensorView;
}

/** Opens the operands of an op. */
export function openOperands(op: Op, views: OperandViews): OpenOperands {
  return {
    inputs: op.inputs.map((tensor, i) => tensorView(views.arena, tensor, views.inputs[i])),
    output: tensorView(views.arena, op.output, views.output),
  };
}
