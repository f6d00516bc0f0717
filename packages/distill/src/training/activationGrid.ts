import * as tf from '@tensorflow/tfjs-core';
import { roundStraightThrough } from './straightThrough.js';

/** Stored values of a layer's output: `min .. max`, zero point 0. */
export interface ActivationGrid {
  readonly type: 'int8' | 'uint8';
  readonly min: number;
  readonly max: number;
}

/** The grid of an activation: unsigned behind a ReLU, two's complement elsewhere. */
export function activationGrid(bits: number, activation: 'linear' | 'relu' | 'relu6'): ActivationGrid {
  return activation === 'linear'
    ? { type: 'int8', min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }
    : { type: 'uint8', min: 0, max: 2 ** bits - 1 };
}

/** Clamps and rounds to `integer * step`, differentiable in both (LSQ). The lower clamp is the ReLU. */
export function quantizeActivations(x: tf.Tensor, step: tf.Tensor, grid: ActivationGrid): tf.Tensor {
  return tf.tidy(() =>
    tf.mul(roundStraightThrough(tf.clipByValue(tf.div(x, step), grid.min, grid.max)), step),
  );
}
