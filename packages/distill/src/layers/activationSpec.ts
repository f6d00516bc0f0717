import type { ActivationSpec } from '@bnfree/integer-kernels';
import { activationGrid } from '../training/activationGrid.js';

/**
 * The stored values behind an activation, for one image. Zero point 0.
 *
 * A ReLU is the lower end of the range, the six of a ReLU6 its upper end where the grid reaches so far.
 */
export function activationSpec(
  outputShape: readonly number[],
  bits: number,
  activation: 'linear' | 'relu' | 'relu6',
  step: number,
): ActivationSpec {
  const { type, min, max } = activationGrid(bits, activation);
  const limit = activation === 'relu6' ? Math.floor(6 / step + 0.5) : max;
  const quantMax = Math.max(1, Math.min(max, limit));
  return { shape: [1, ...outputShape], type, zeroPoint: 0, quantMin: min, quantMax };
}
