import * as tf from '@tensorflow/tfjs-core';
import { isLogits } from '../plan/outputTaps.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import { distillationLoss } from './distillationLoss.js';

/**
 * How far the student's outputs are from the teacher's, summed over all outputs.
 *
 * Logits of two or more classes are compared as distributions at temperature 1; any other output (one number, an image, a value
 * on a grid) by its squared error over the mean square of the teacher's.
 */
export function outputLoss(
  plan: StudentPlan,
  outputs: readonly tf.Tensor[],
  wanted: readonly tf.Tensor[],
): tf.Scalar {
  const losses = plan.outputs.map((name, i) =>
    isClasses(plan, name, wanted[i])
      ? distillationLoss(outputs[i], wanted[i])
      : relativeError(outputs[i], wanted[i]),
  );
  return losses.reduce((sum, loss) => tf.add<tf.Scalar>(sum, loss));
}

function isClasses(plan: StudentPlan, output: string, { shape }: tf.Tensor): boolean {
  return isLogits(plan, output) && shape.length === 2 && (shape[1] ?? 1) > 1;
}

/** Mean squared error over the mean square of what is wanted. */
export function relativeError(output: tf.Tensor, wanted: tf.Tensor): tf.Scalar {
  const power = tf.add(tf.mean(tf.square(wanted)), 1e-12);
  return tf.div<tf.Scalar>(tf.mean(tf.squaredDifference(output, wanted)), power);
}
