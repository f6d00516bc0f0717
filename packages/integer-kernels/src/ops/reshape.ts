import type { ActivationSpec } from '../activation.js';
import type { OpBase } from './op.js';

/** The same values in another shape, in row-major order; flatten is the case of output rank 2. The batch axis stays. */
export interface ReshapeOp extends OpBase<'reshape'> {
  readonly inputs: readonly [ActivationSpec];
}
