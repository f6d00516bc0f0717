import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { OpBase } from './op.js';

/**
 * Mean over height and width: `acc[n,c] = sum (input - zeroPoint)`, then the requantisation, which holds 1 / (height * width)
 * (`{kind: 'divide', divisors: [height * width]}` for the plain mean). Output `[batch, channels]`.
 */
export interface GlobalAveragePool2dOp extends OpBase<'globalAveragePool2d'> {
  readonly inputs: readonly [ActivationSpec];
  readonly requantization: Requantization;
}
