import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { OpBase } from './op.js';

/** Gives a tensor another scale, zero point, range or type: `clamp(zeroPoint + requantize(input - inputZeroPoint))`. */
export interface RequantizeOp extends OpBase<'requantize'> {
  readonly inputs: readonly [ActivationSpec];
  readonly requantization: Requantization;
}
