import * as tf from '@tensorflow/tfjs-core';
import type { WeightGrid } from './weightGrid.js';

/** Ends of the stretched sigmoid, so that it reaches 0 and 1. */
const stretch = { low: -0.1, high: 1.1 } as const;

/** How far a rounding variable lets a weight go up from the level below it: 0 .. 1. */
function openness(choices: tf.Tensor): tf.Tensor {
  const stretched = tf.add(tf.mul(tf.sigmoid(choices), stretch.high - stretch.low), stretch.low);
  return tf.clipByValue(stretched, 0, 1);
}

/** Position of a weight, counted in levels from the grid's least integer; float32, as the tensors are. */
function positionOf(weight: number, step: number, { min, stride }: WeightGrid): number {
  return Math.fround(Math.fround(weight / Math.fround(step)) - min) / stride;
}

/** The level below a position that still has one above it. */
function levelBelow(position: number, { min, max, stride }: WeightGrid): number {
  return Math.min((max - min) / stride - 1, Math.max(0, Math.floor(position)));
}

/** Rounding variables that begin where each weight lies between its two levels. */
export function choiceOf(
  kernel: Float32Array,
  stepOf: (index: number) => number,
  grid: WeightGrid,
): Float32Array {
  return kernel.map((weight, index) => {
    const position = positionOf(weight, stepOf(index), grid);
    const share = position - levelBelow(position, grid);
    const inside = (Math.min(0.99, Math.max(0.01, share)) - stretch.low) / (stretch.high - stretch.low);
    return Math.log(inside / (1 - inside));
  });
}

/** Weights between their levels; differentiable in the rounding variables alone. */
export function softWeights(
  kernel: tf.Tensor,
  step: tf.Tensor,
  choices: tf.Tensor,
  grid: WeightGrid,
): tf.Tensor {
  const { min, max, stride } = grid;
  const levels = (max - min) / stride;
  const below = tf.clipByValue(tf.floor(tf.div(tf.sub(tf.div(kernel, step), min), stride)), 0, levels - 1);
  const level = tf.add(below, openness(choices));
  return tf.mul(tf.add(tf.mul(level, stride), min), step);
}

/** Near 0 where every variable is on one side. It hardens as training goes from 0 to 1: exponent 20 down to 2. */
export function roundingPenalty(choices: tf.Tensor, progress: number): tf.Tensor {
  const exponent = 20 - 18 * Math.min(1, progress);
  const distance = tf.abs(tf.sub(tf.mul(openness(choices), 2), 1));
  return tf.mean(tf.sub(1, tf.pow(distance, exponent)));
}

/** The weights rounded to the side that each variable chose, on the grid exactly. */
export function decideRounding(
  kernel: Float32Array,
  stepOf: (index: number) => number,
  choices: Float32Array,
  grid: WeightGrid,
): Float32Array {
  return kernel.map((weight, index) => {
    const step = stepOf(index);
    const level = levelBelow(positionOf(weight, step, grid), grid) + (choices[index] >= 0 ? 1 : 0);
    return (level * grid.stride + grid.min) * step;
  });
}
