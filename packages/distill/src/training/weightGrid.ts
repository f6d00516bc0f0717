import * as tf from '@tensorflow/tfjs-core';
import type { WeightCode } from '@bnfree/integer-kernels';
import { roundedFloat, roundStraightThrough, signStraightThrough } from './straightThrough.js';

/** Which integers a weight can be: `min .. max` in steps of `stride`. */
export interface WeightGrid {
  readonly code: WeightCode;
  readonly min: number;
  readonly max: number;
  /** 1, or 2 for the codes without a zero level. */
  readonly stride: 1 | 2;
}

/** The code of weights that have `bits` bits and no other said: signs at 1 bit. */
export function defaultCode(bits: number): WeightCode {
  return bits === 1 ? 'sign' : 'twosComplement';
}

/**
 * The integers that a code of `bits` bits offers to training.
 * Two's complement at 2 bits is used as the ternary -1, 0, 1: the lone -2 costs more by its asymmetry than it gives.
 */
export function weightGrid(bits: number, code: WeightCode): WeightGrid {
  switch (code) {
    case 'twosComplement':
      return { code, min: bits === 2 ? -1 : -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1, stride: 1 };
    case 'unsigned':
      return { code, min: 0, max: 2 ** bits - 1, stride: 1 };
    case 'odd':
      return { code, min: 1 - 2 ** bits, max: 2 ** bits - 1, stride: 2 };
    case 'sign':
      return { code, min: -1, max: 1, stride: 2 };
  }
}

/**
 * Quantises weights to `integer * step`, differentiable in both (LSQ: Esser et al. 2019, arXiv 1902.08153).
 * `step` broadcasts against `kernel`.
 */
export function quantizeWeights(kernel: tf.Tensor, step: tf.Tensor, grid: WeightGrid): tf.Tensor {
  return tf.tidy(() => {
    const scaled = tf.div(kernel, step);
    if (grid.code === 'sign') return tf.mul(signStraightThrough(scaled), step);
    const inside = tf.clipByValue(scaled, grid.min, grid.max);
    if (grid.stride === 1) return tf.mul(roundStraightThrough(inside), step);
    const level = roundStraightThrough(tf.div(tf.sub(inside, grid.min), 2));
    return tf.mul(tf.add(tf.mul(level, 2), grid.min), step);
  });
}

/** The integer nearest to `value / step`, on the host; the same rule as {@link quantizeWeights}. */
export function nearestWeight(scaled: number, grid: WeightGrid): number {
  if (grid.code === 'sign') return scaled >= 0 ? 1 : -1;
  const inside = Math.min(grid.max, Math.max(grid.min, Math.fround(scaled)));
  if (grid.stride === 1) return roundedFloat(inside);
  return 2 * roundedFloat(Math.fround(inside - grid.min) / 2) + grid.min;
}
