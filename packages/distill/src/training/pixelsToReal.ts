import * as tf from '@tensorflow/tfjs-core';
import type { StudentPlan } from '../plan/studentPlan.js';
import { gatherRows } from './imageIndices.js';

/** Pixels of some images as the teacher takes them: `(pixel - zeroPoint) * scale`. */
export function pixelsToReal(
  { input }: StudentPlan,
  images: Uint8Array,
  indices: ArrayLike<number>,
): tf.Tensor {
  const length = input.shape.reduce((a, b) => a * b, 1);
  const real = gatherRows(images, indices, length);
  const scale = input.scale.numerator / input.scale.denominator;
  for (let i = 0; i < real.length; i += 1) real[i] = (real[i] - input.zeroPoint) * scale;
  return tf.tensor(real, [indices.length, ...input.shape], 'float32');
}
