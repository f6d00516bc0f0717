import * as tf from '@tensorflow/tfjs-core';
import type { MergeOperation, PlannedMerge } from '../plan/studentPlan.js';
import { applyFunction } from '../functions/applyFunction.js';
import { quantizeActivations, type ActivationGrid } from './activationGrid.js';
import { ownActivation } from './simulateLayer.js';

/** The grid of a merge under training: `step` is what a step of its output is worth. */
export interface SimulatedGrid extends Pick<ActivationGrid, 'min' | 'max'> {
  readonly step: tf.Tensor;
}

/**
 * A merge as the integers will compute it, in float and differentiable.
 * A grid of null leaves it unrounded: the float network that the student starts from.
 */
export function simulateMerge(
  plan: PlannedMerge,
  inputs: readonly tf.Tensor[],
  grid: SimulatedGrid | null,
): tf.Tensor {
  const { operation, activation } = plan;
  const joined = join(operation, inputs);
  const limited = activation === 'relu6' ? tf.minimum(joined, 6) : joined;
  if (grid !== null) return quantizeActivations(limited, grid.step, grid);
  return ownActivation(plan, activation === 'linear' ? limited : tf.relu(limited));
}

function join(operation: MergeOperation, inputs: readonly tf.Tensor[]): tf.Tensor {
  switch (operation.kind) {
    case 'add':
      return inputs.reduce((sum, input) => tf.add(sum, input));
    case 'concat':
      return tf.concat([...inputs], inputs[0].rank - 1);
    case 'lookup':
      return applyFunction(operation.form, inputs[0]);
  }
}
