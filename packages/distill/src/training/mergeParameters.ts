import * as tf from '@tensorflow/tfjs-core';
import type { CalibratedMerge } from '../layers/stages.js';
import { mergeGrid } from './activationGrid.js';
import type { SimulatedValue } from './forwardPlan.js';
import type { Parameter, ParameterTensors } from './optimize.js';
import { simulateMerge } from './simulateMerge.js';

/** What training may change of a merge: the logarithm of its step. */
export function trainableMerge({ plan, activationStep }: CalibratedMerge, learningRate: number): Parameter[] {
  return [
    {
      name: `${plan.name}/logActivationStep`,
      shape: [1],
      values: Float32Array.of(Math.log(activationStep)),
      learningRate: plan.activations.step === undefined ? learningRate : 0,
    },
  ];
}

/** The merge as integers will compute it, from tensors under training. */
export function simulateMergeFrom(
  { plan, zeroPoint }: CalibratedMerge,
  inputs: readonly SimulatedValue[],
  tensors: ParameterTensors,
): SimulatedValue {
  const step = tf.exp(tensors[`${plan.name}/logActivationStep`]);
  const values = inputs.map(({ value }) => value);
  const { min, max } = mergeGrid(plan, zeroPoint);
  const grid = { step, min, max };
  return { value: simulateMerge(plan, values, grid), grid };
}

/** Takes the trained step back into the merge. */
export function trainedMerge(
  merge: CalibratedMerge,
  trained: Readonly<Record<string, Float32Array>>,
): CalibratedMerge {
  if (merge.plan.activations.step !== undefined) return merge;
  const [logarithm] = trained[`${merge.plan.name}/logActivationStep`];
  return { ...merge, activationStep: Math.fround(Math.exp(logarithm)) };
}
