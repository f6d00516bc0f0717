import type { ActivationSpec } from '../activation.js';
import type { OpBase } from './op.js';

/** The same tensor in another memory layout. Inserted by the memory plan, never stored in a model. */
export interface RelayoutOp extends OpBase<'relayout'> {
  readonly inputs: readonly [ActivationSpec];
}
