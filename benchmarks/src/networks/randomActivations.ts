import type { ActivationSpec, TensorValues } from '@bnfree/integer-kernels';
import { randomSource } from './randomSource.js';

/** Share of the largest activation that is one deviation: six fit, so that next to nothing saturates. */
export const deviationShare = 1 / 6;

/**
 * Values as a network would have them, dense, for `count` images.
 *
 * Pixels (uint8) are uniform; signed values are bell-shaped; where the range starts at zero, the negative half is zero as after ReLU.
 */
export function randomActivations(tensor: ActivationSpec, count: number, seed: number): TensorValues {
  const { shape, type, quantMin, quantMax } = tensor;
  const length = count * shape.slice(1).reduce((product, size) => product * size, shape[0]);
  const random = randomSource(seed);
  if (type === 'uint8') return Uint8Array.from({ length }, () => random.between(quantMin, quantMax));
  const deviation = quantMax * deviationShare;
  const values = new Int8Array(length);
  for (let i = 0; i < length; i += 1) {
    values[i] = Math.max(quantMin, Math.min(quantMax, Math.round(random.bell() * deviation)));
  }
  return values;
}
