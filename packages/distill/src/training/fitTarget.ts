import * as tf from '@tensorflow/tfjs-core';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { activationGrid } from './activationGrid.js';

/**
 * What a layer is fitted to.
 *
 * `clean`: the tap as it is. `lattice`: the tap clipped and rounded as the student will, on the calibrated step. `interval`: any
 * value before rounding that the student would round as it rounds the tap; there is no loss inside.
 * With the last two the step of the output must stand still: a target that moves with it has its minimum where all is zero.
 */
export type FitTarget = (typeof fitTargets)[number];

export const fitTargets = ['clean', 'lattice', 'interval'] as const;

/** Whether the output's step may be trained. */
export function movesStep(target: FitTarget): boolean {
  return target === 'clean';
}

/** The tap clipped and rounded to the layer's own grid. */
export function onLattice(
  { activations, activation }: PlannedLayer,
  tap: tf.Tensor,
  step: tf.Tensor,
): tf.Tensor {
  if (activations === null) return tap;
  const { min, max } = activationGrid(activations.bits, activation);
  return tf.mul(tf.floor(tf.add(tf.clipByValue(tf.div(tap, step), min, max), 0.5)), step);
}

/** Mean squared distance of values before rounding from the interval that rounds to the tap's own integer. */
export function intervalLoss(
  plan: PlannedLayer,
  preActivation: tf.Tensor,
  tap: tf.Tensor,
  step: tf.Tensor,
): tf.Scalar {
  if (plan.activations === null) return tf.mean(tf.squaredDifference(preActivation, tap));
  const { min, max } = activationGrid(plan.activations.bits, plan.activation);
  const codes = tf.div(onLattice(plan, tap, step), step);
  const half = tf.mul(step, 0.5);
  const middle = tf.mul(codes, step);
  // The outermost integers stand for everything beyond them.
  const below = tf.where(
    tf.lessEqual(codes, min),
    tf.zerosLike(middle),
    tf.relu(tf.sub(tf.sub(middle, half), preActivation)),
  );
  const above = tf.where(
    tf.greaterEqual(codes, max),
    tf.zerosLike(middle),
    tf.relu(tf.sub(preActivation, tf.add(middle, half))),
  );
  return tf.mean(tf.add(tf.square(below), tf.square(above)));
}
