import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { OpBase } from './op.js';

/**
 * Matrix product of two run-time matrices: `acc[m,n] = bias[n] + sum_k (A[m,k] - zA) * (B[k,n] - zB)`.
 * A `[m, k]`, B `[k, n]` (`[n, k]` with `transposeB`), output `[m, n]`. Channels are the columns n.
 */
export interface GemmOp extends OpBase<'gemm'> {
  readonly inputs: readonly [ActivationSpec, ActivationSpec];
  readonly transposeB: boolean;
  readonly bias?: Int32Array;
  readonly requantization: Requantization;
}
