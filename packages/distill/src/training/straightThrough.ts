import * as tf from '@tensorflow/tfjs-core';

/**
 * Rounds to the nearest whole number, halves upwards; its gradient is that of the identity.
 * Source: straight-through estimator, Bengio, Leonard, Courville 2013 (arXiv 1308.3432).
 */
export function roundStraightThrough(x: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((value: tf.Tensor | tf.GradSaveFunc) => ({
    value: tf.floor(tf.add(value as tf.Tensor, 0.5)),
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return op(x);
}

/** What {@link roundStraightThrough} makes of one number, on the host: float32, as the tensors are. */
export function roundedFloat(x: number): number {
  return Math.floor(Math.fround(Math.fround(x) + 0.5));
}

/** -1 below zero, else +1; its gradient is that of the identity within -1 .. 1 and zero outside. */
export function signStraightThrough(x: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((value: tf.Tensor | tf.GradSaveFunc, save: tf.Tensor | tf.GradSaveFunc) => {
    const input = value as tf.Tensor;
    (save as tf.GradSaveFunc)([input]);
    return {
      value: tf.sub(tf.mul(tf.cast(tf.greaterEqual(input, 0), 'float32'), 2), 1),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.mul(dy, tf.cast(tf.lessEqual(tf.abs(saved[0]), 1), 'float32')),
    };
  });
  return op(x);
}
