import type { ActivationSpec } from '../activation.js';
import type { Rescale, Rounding } from '../requantization.js';
import type { OpBase } from './op.js';

/**
 * Sum of two tensors of one shape, each brought to a common scale first:
 * `acc = requantize((a - zA) << leftShift, rescales[0]) + requantize((b - zB) << leftShift, rescales[1])`,
 * `output = clamp(zeroPoint + requantize(acc, outputRescale))`. With shift 0 in `rescales` the products are exact and the
 * only rounding is the last one (the project's form); TFLite and CMSIS-NN use leftShift 20 and gemmlowp rounding.
 */
export interface AddOp extends OpBase<'add'> {
  readonly inputs: readonly [ActivationSpec, ActivationSpec];
  /** 0 .. 20. */
  readonly leftShift: number;
  readonly rescales: readonly [Rescale, Rescale];
  readonly outputRescale: Rescale;
  readonly rounding: Rounding;
}
