import * as tf from '@tensorflow/tfjs-core';
import type { PlannedStructure } from '../plan/studentPlan.js';
import { roundStraightThrough } from './straightThrough.js';

/**
 * A structure as the integers will compute it, in float and differentiable.
 * `step` is what a step of its output is worth; averages are rounded to it. null leaves averages unrounded.
 */
export function simulateStructure(
  plan: PlannedStructure,
  input: tf.Tensor,
  step: tf.Tensor | null,
): tf.Tensor {
  const batch = input.shape[0];
  const { operation } = plan;
  const onGrid = (x: tf.Tensor): tf.Tensor =>
    step === null ? x : tf.mul(roundStraightThrough(tf.div(x, step)), step);
  switch (operation.kind) {
    case 'reshape':
      return tf.reshape(input, [batch, ...plan.outputShape]);
    case 'globalAveragePool2d':
      return onGrid(tf.mean(input, [1, 2]));
    case 'maxPool2d':
      return pool(plan, operation, input, 'max');
    case 'averagePool2d':
      return onGrid(pool(plan, operation, input, 'avg'));
  }
}

function pool(
  plan: PlannedStructure,
  { kernel, strides, padding }: Extract<PlannedStructure['operation'], { kernel: unknown }>,
  input: tf.Tensor,
  kind: 'max' | 'avg',
): tf.Tensor {
  const isPadded = padding.top + padding.bottom + padding.left + padding.right > 0;
  // Plans are made from `same` and `valid`; tfjs computes the same asymmetric padding from `same` that stands in the plan.
  const pad = isPadded ? 'same' : 'valid';
  const x = input as tf.Tensor4D;
  const y =
    kind === 'max'
      ? tf.maxPool(x, [...kernel], [...strides], pad)
      : tf.avgPool(x, [...kernel], [...strides], pad);
  if (y.shape[1] !== plan.outputShape[0] || y.shape[2] !== plan.outputShape[1])
    throw new RangeError(
      `pooling "${plan.name}" gives ${y.shape.join('x')}, planned ${plan.outputShape.join('x')}`,
    );
  return y;
}
