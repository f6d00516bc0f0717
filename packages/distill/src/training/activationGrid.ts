import * as tf from '@tensorflow/tfjs-core';
import type { PlannedMerge } from '../plan/studentPlan.js';
import { roundStraightThrough } from './straightThrough.js';

/** Integers that a layer's output can be, in steps above zero: `min .. max`. */
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

/** The grid of a merge: of the activation, or of any part of the range that a table is given by its zero point. */
export function mergeGrid(
  {
    operation,
    activation,
    activations: { bits },
  }: Pick<PlannedMerge, 'operation' | 'activation' | 'activations'>,
  zeroPoint: number,
): ActivationGrid {
  if (operation.kind !== 'lookup') return activationGrid(bits, activation);
  return { type: 'uint8', min: -zeroPoint, max: 2 ** bits - 1 - zeroPoint };
}

/** Clamps and rounds to `integer * step`, differentiable in both (LSQ). The lower clamp is the ReLU. */
export function quantizeActivations(
  x: tf.Tensor,
  step: tf.Tensor,
  grid: Pick<ActivationGrid, 'min' | 'max'>,
): tf.Tensor {
  return tf.tidy(() =>
    tf.mul(roundStraightThrough(tf.clipByValue(tf.div(x, step), grid.min, grid.max)), step),
  );
}
