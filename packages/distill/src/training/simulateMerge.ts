import * as tf from '@tensorflow/tfjs-core';
import type { PlannedMerge } from '../plan/studentPlan.js';
import { activationGrid, quantizeActivations } from './activationGrid.js';

/**
 * A merge as the integers will compute it, in float and differentiable; `step` is what a step of its output is worth.
 * null leaves it unrounded: the float network that the student starts from.
 */
export function simulateMerge(
  { operation, activation, activations }: PlannedMerge,
  inputs: readonly tf.Tensor[],
  step: tf.Tensor | null,
): tf.Tensor {
  const joined =
    operation.kind === 'add'
      ? inputs.reduce((sum, input) => tf.add(sum, input))
      : tf.concat([...inputs], inputs[0].rank - 1);
  const limited = activation === 'relu6' ? tf.minimum(joined, 6) : joined;
  if (step !== null) return quantizeActivations(limited, step, activationGrid(activations.bits, activation));
  return activation === 'linear' ? limited : tf.relu(limited);
}
