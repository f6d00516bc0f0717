import type { ActivationSpec } from '../activation.js';
import type { PoolWindow } from './maxPool2d.js';
import type { OpBase } from './op.js';

/**
 * Mean of each window over the values inside the image: `clamp(round(sum(stored) / count))`. Type and zero point stay.
 * `halfUp` is the project's rounding; `halfAwayFromZero` rounds the stored mean as CMSIS-NN and TFLite do.
 */
export interface AveragePool2dOp extends OpBase<'averagePool2d'>, PoolWindow {
  readonly inputs: readonly [ActivationSpec];
  readonly rounding: 'halfUp' | 'halfAwayFromZero';
}
