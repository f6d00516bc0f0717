import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { Weights } from '../weights.js';
import type { OpBase } from './op.js';

/** Fully connected layer: input `[batch, features]`, constant weights `[units, features]`, output `[batch, units]`. */
export interface DenseOp extends OpBase<'dense'> {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly bias?: Int32Array;
  readonly requantization: Requantization;
}
