import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../random/randomStream.js';

/**
 * Takes each value from the teacher with a probability, else from the student (QDrop: Wei et al. 2022, arXiv 2203.05740).
 *
 * The choice belongs to (seed, purpose, step), so that a resumed run repeats it. `probability` is exact to 1/256.
 */
export function mixInputs(
  student: tf.Tensor,
  teacher: tf.Tensor,
  probability: number,
  place: { readonly seed: number; readonly purpose: string; readonly step: number },
): tf.Tensor {
  const stream = randomStream(place.seed, place.purpose, 'mix', place.step);
  const limit = Math.round(probability * 256);
  const mask = new Uint8Array(student.size);
  // One draw serves four values.
  for (let start = 0; start < mask.length; start += 4) {
    const draw = stream.nextInt(0, 0xffffffff);
    for (let i = 0; i < 4 && start + i < mask.length; i += 1) {
      mask[start + i] = ((draw >>> (8 * i)) & 255) < limit ? 1 : 0;
    }
  }
  return tf.tidy(() => tf.where(tf.tensor(mask, student.shape, 'bool'), teacher, student));
}
