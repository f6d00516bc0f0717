import * as tf from '@tensorflow/tfjs-core';
import type { PlannedLayer, PlannedUnit } from '../plan/studentPlan.js';
import { trainableOf } from '../trainable/index.js';
import { activationGrid, quantizeActivations } from './activationGrid.js';
import { biasPlace, quantizeBias } from './quantizeBias.js';
import { quantizeWeights, weightGrid } from './weightGrid.js';

/** What a simulated layer computes with; all tensors, so that each can be trained. */
export interface LayerTensors {
  readonly kernel: tf.Tensor;
  readonly bias: tf.Tensor;
  /** One value, or one per output channel. */
  readonly weightStep: tf.Tensor;
  /** What a step of the layer's input is worth: one value. */
  readonly inputScale: tf.Tensor;
  /** One value; null for logits. */
  readonly activationStep: tf.Tensor | null;
}

/**
 * A layer as the integers will compute it, in float and differentiable.
 * `input` holds real values (on the previous layer's grid), batch first; so does the result.
 */
export function simulateLayer(plan: PlannedLayer, input: tf.Tensor, tensors: LayerTensors): tf.Tensor {
  return finishSums(plan, simulateSums(plan, input, tensors), tensors.activationStep);
}

/** From the sums to the output: clipped and rounded to its grid, where it has one. */
export function finishSums(plan: PlannedLayer, sums: tf.Tensor, activationStep: tf.Tensor | null): tf.Tensor {
  const { activations, activation } = plan;
  if (activations === null || activationStep === null) return activate(plan, sums);
  return quantizeActivations(sums, activationStep, activationGrid(activations.bits, activation));
}

/** The same before it is rounded and clipped to the output's grid: what the accumulators stand for. */
export function simulateSums(plan: PlannedLayer, input: tf.Tensor, tensors: LayerTensors): tf.Tensor {
  return limitedSums(plan, input, integerKernel(plan, tensors), integerBias(plan, tensors));
}

/** The kernel as the integers have it. */
export function integerKernel(
  { weights, operation }: PlannedLayer,
  { kernel, weightStep }: Pick<LayerTensors, 'kernel' | 'weightStep'>,
): tf.Tensor {
  const step =
    weightStep.size === 1
      ? weightStep
      : tf.reshape(weightStep, trainableOf(operation).stepShape(kernel.shape));
  return quantizeWeights(kernel, step, weightGrid(weights.bits, weights.code));
}

/** The bias as the integers have it. */
export function integerBias(
  plan: PlannedLayer,
  { bias, weightStep, inputScale }: Pick<LayerTensors, 'bias' | 'weightStep' | 'inputScale'>,
): tf.Tensor {
  switch (biasPlace(plan)) {
    case 'sums':
      return quantizeBias(bias, weightStep, inputScale);
    case 'thresholds':
      return bias;
    case 'none':
      // Every parameter must have a gradient, if a zero one.
      return tf.mul(bias, 0);
  }
}

/** Sums of a kernel as it is, limited to six where the layer is. */
export function limitedSums(
  plan: PlannedLayer,
  input: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor,
): tf.Tensor {
  return withBias(plan, products(plan, input, kernel), bias);
}

/** Convolution or product. */
export function products({ operation }: PlannedLayer, input: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  return trainableOf(operation).apply(operation, input, kernel);
}

/** Sums of products and a bias, limited to six where the layer is. */
export function withBias({ activation }: PlannedLayer, sums: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const sum = tf.add(sums, bias);
  return activation === 'relu6' ? tf.minimum(sum, 6) : sum;
}

/** The layer as the teacher computes it: without any quantisation but the teacher's own. */
export function floatLayer(
  plan: PlannedLayer,
  input: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor,
): tf.Tensor {
  return ownActivation(plan, activate(plan, limitedSums(plan, input, kernel, bias)));
}

/** Rounds to the grid of a low-bit teacher's activations, where it has one. */
export function ownActivation(
  { activations, activation }: Pick<PlannedUnit, 'activations' | 'activation'>,
  x: tf.Tensor,
): tf.Tensor {
  const step = activations?.step;
  if (activations === null || step === undefined) return x;
  const worth = tf.scalar(step.numerator / step.denominator);
  return quantizeActivations(x, worth, activationGrid(activations.bits, activation));
}

/** Convolution or product, plus bias: the real value of the accumulator. */
export function linearPart(
  plan: PlannedLayer,
  input: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor,
): tf.Tensor {
  return tf.add(products(plan, input, kernel), bias);
}

function activate(plan: PlannedLayer, x: tf.Tensor): tf.Tensor {
  return plan.activation === 'linear' ? x : tf.relu(x);
}
