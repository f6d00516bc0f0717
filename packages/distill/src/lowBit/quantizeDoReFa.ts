import * as tf from '@tensorflow/tfjs-core';
import { roundStraightThrough } from '../training/straightThrough.js';

/**
 * Weights as DoReFa-Net quantizes them (Zhou et al. 2016, arXiv 1606.06160), differentiable.
 *
 * One bit: `sign(w) * mean|w|`. More: `2 * round((2^bits - 1) * (tanh(w) / (2 * max|tanh(w)|) + 1/2)) / (2^bits - 1) - 1`, halves
 * upwards: odd integers over `2^bits - 1`, without a zero. Rounding has the gradient of the identity.
 */
export function quantizeDoReFa(kernel: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    if (bits === 1) {
      const mean = tf.mean(tf.abs(kernel));
      return tf.mul(signAsIs(kernel), mean);
    }
    const levels = 2 ** bits - 1;
    const bounded = tf.tanh(kernel);
    const largest = tf.maximum(tf.max(tf.abs(bounded)), 1e-12);
    const share = tf.add(tf.div(bounded, tf.mul(largest, 2)), 0.5);
    return tf.sub(tf.mul(roundStraightThrough(tf.mul(share, levels)), 2 / levels), 1);
  });
}

/** -1 below zero, else 1; its gradient is that of the identity everywhere. */
function signAsIs(x: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((value: tf.Tensor | tf.GradSaveFunc) => ({
    value: tf.sub(tf.mul(tf.cast(tf.greaterEqual(value as tf.Tensor, 0), 'float32'), 2), 1),
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return op(x);
}

/** Activations of `bits` bits: `round((2^bits - 1) * min(max(x, 0), 1)) / (2^bits - 1)`, halves upwards, differentiable inside. */
export function quantizeUnitInterval(x: tf.Tensor, bits: number): tf.Tensor {
  const levels = 2 ** bits - 1;
  return tf.tidy(() => tf.div(roundStraightThrough(tf.mul(tf.clipByValue(x, 0, 1), levels)), levels));
}
