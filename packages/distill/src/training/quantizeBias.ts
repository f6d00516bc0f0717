import * as tf from '@tensorflow/tfjs-core';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { roundedFloat } from './straightThrough.js';

const int32Min = -(2 ** 31);
const int32Max = 2 ** 31 - 1;

/** Where a layer's offset is: whole products in the sums, inside the thresholds, or nowhere (the strictest scheme). */
export function biasPlace({
  requantization,
  activations,
}: Pick<PlannedLayer, 'requantization' | 'activations'>): 'sums' | 'thresholds' | 'none' {
  if (activations === null) return 'sums';
  if (requantization === 'thresholds') return 'thresholds';
  return requantization === 'divide' ? 'none' : 'sums';
}

/**
 * A bias `[channels]` as the integers have it: whole products of `weightStep * inputScale`, halves upwards, within int32.
 * Its gradient is that of the identity; the steps have none from it (the straight-through estimator again).
 */
export function quantizeBias(bias: tf.Tensor, weightStep: tf.Tensor, inputScale: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((value: tf.Tensor | tf.GradSaveFunc) => {
    const product = tf.mul(weightStep, inputScale);
    const whole = tf.floor(tf.add(tf.div(value as tf.Tensor, product), 0.5));
    return {
      value: tf.mul(tf.clipByValue(whole, int32Min, int32Max), product),
      gradFunc: (dy: tf.Tensor) => dy,
    };
  });
  return op(bias);
}

/** The whole products of one channel, on the host; the same rule, in float32, as {@link quantizeBias}. */
export function nearestProducts(bias: number, weightStep: number, inputScale: number): number {
  const product = Math.fround(Math.fround(weightStep) * Math.fround(inputScale));
  return Math.min(int32Max, Math.max(int32Min, roundedFloat(bias / product))) | 0;
}
