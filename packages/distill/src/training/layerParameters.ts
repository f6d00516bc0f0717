import * as tf from '@tensorflow/tfjs-core';
import type { LayerParameters, LayerSteps, QuantizableLayer } from '../layers/stages.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { activationGrid } from './activationGrid.js';
import type { SimulatedValue } from './forwardPlan.js';
import type { Parameter, ParameterTensors } from './optimize.js';
import { biasPlace } from './quantizeBias.js';
import { simulateLayer, type LayerTensors } from './simulateLayer.js';

/** Relative learning rates: of the kernel's and the bias's root mean square, and of the logarithm of a step. */
export interface LearningRates {
  readonly weights: number;
  readonly steps: number;
}

/**
 * What training may change of a layer, under names that begin with the layer's.
 * Steps are trained as logarithms, so that they stay positive and move by proportions.
 */
export function trainableParameters(layer: QuantizableLayer, rates: LearningRates): Parameter[] {
  const { plan, parameters, steps } = layer;
  const { name } = plan;
  const isBiasFree = biasPlace(plan) === 'none';
  const list: Parameter[] = [
    {
      name: `${name}/kernel`,
      shape: parameters.kernelShape,
      values: parameters.kernel,
      learningRate: rates.weights * rootMeanSquare(parameters.kernel),
    },
    {
      name: `${name}/bias`,
      shape: [parameters.bias.length],
      values: parameters.bias,
      learningRate: isBiasFree ? 0 : rates.weights * biasUnit(layer),
    },
  ];
  if (steps.fixedRatios === null) {
    list.push({
      name: `${name}/logWeightStep`,
      shape: [steps.weightSteps.length],
      values: steps.weightSteps.map((step) => Math.log(step)),
      learningRate: rates.steps,
    });
  }
  if (steps.activationStep !== null) {
    list.push({
      name: `${name}/logActivationStep`,
      shape: [1],
      values: Float32Array.of(Math.log(steps.activationStep)),
      // A grid that is the teacher's own stands still.
      learningRate: plan.activations?.step === undefined ? rates.steps : 0,
    });
  }
  return list;
}

/** The layer as integers will compute it, from tensors under training. */
export function simulateFromParameters(
  layer: QuantizableLayer,
  input: SimulatedValue,
  inputScale: tf.Tensor,
  tensors: ParameterTensors,
): SimulatedValue {
  const { plan } = layer;
  const all = layerTensors(layer, inputScale, tensors);
  const { activationStep } = all;
  const value = simulateLayer(plan, input.value, all);
  return { value, grid: activationStep === null ? null : { step: activationStep, ...gridRange(plan) } };
}

/** What a layer under training computes with. */
export function layerTensors(
  layer: QuantizableLayer,
  inputScale: tf.Tensor,
  tensors: ParameterTensors,
): LayerTensors {
  const { name } = layer.plan;
  return {
    kernel: tensors[`${name}/kernel`],
    bias: tensors[`${name}/bias`],
    inputScale,
    ...stepTensors(layer, inputScale, tensors),
  };
}

/** Worth of the layer's steps, from tensors under training. */
export function stepTensors(
  { plan, steps }: QuantizableLayer,
  inputScale: tf.Tensor,
  tensors: ParameterTensors,
): { weightStep: tf.Tensor; activationStep: tf.Tensor | null } {
  const activationStep =
    steps.activationStep === null ? null : tf.exp(tensors[`${plan.name}/logActivationStep`]);
  if (steps.fixedRatios === null || activationStep === null)
    return { weightStep: tf.exp(tensors[`${plan.name}/logWeightStep`]), activationStep };
  return {
    weightStep: tf.div(tf.mul(tf.tensor1d(steps.fixedRatios), activationStep), inputScale),
    activationStep,
  };
}

/** The integers that a layer's output can be. */
export function gridRange(plan: PlannedLayer): { min: number; max: number } {
  const { min, max } = activationGrid(plan.activations?.bits ?? 8, plan.activation);
  return { min, max };
}

/** Takes trained values back into the layer. `inputScale` is what a step of the layer's input is worth. */
export function trainedLayer(
  layer: QuantizableLayer,
  trained: Readonly<Record<string, Float32Array>>,
  inputScale: number,
): { parameters: LayerParameters; steps: LayerSteps } {
  const { plan, parameters, steps } = layer;
  const values = (name: string): Float32Array => trained[`${plan.name}/${name}`];
  const isKept = steps.activationStep === null || plan.activations?.step !== undefined;
  const activationStep = isKept
    ? steps.activationStep
    : Math.fround(Math.exp(values('logActivationStep')[0]));
  const weightSteps =
    steps.fixedRatios === null || activationStep === null
      ? values('logWeightStep').map((log) => Math.exp(log))
      : steps.fixedRatios.map((ratio) => (ratio * activationStep) / inputScale);
  return {
    parameters: { kernelShape: parameters.kernelShape, kernel: values('kernel'), bias: values('bias') },
    steps: { weightSteps, activationStep, fixedRatios: steps.fixedRatios },
  };
}

/** A bias moves in units of the output: a quarter of the grid's range, or its own size for logits. */
function biasUnit({ plan, parameters, steps }: QuantizableLayer): number {
  if (steps.activationStep === null) return Math.max(rootMeanSquare(parameters.bias), 1);
  return (steps.activationStep * gridRange(plan).max) / 4;
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length) || 1e-3;
}
