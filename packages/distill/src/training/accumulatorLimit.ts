import * as tf from '@tensorflow/tfjs-core';
import type { ActivationSpec } from '@bnfree/integer-kernels';
import type { LayerParameters, LayerSteps } from '../layers/stages.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { trainableOf } from '../trainable/index.js';
import { kernelRows } from '../trainable/kernelRows.js';
import { nearestWeight, weightGrid } from './weightGrid.js';

/**
 * Largest sum of weight magnitudes, in integers, of one output channel whose products fit an accumulator of `bits` bits,
 * whatever the input. Biases are added behind it, in 32 bits.
 */
export function weightLimit({ quantMin, quantMax }: ActivationSpec, bits: number): number {
  return Math.floor((2 ** (bits - 1) - 1) / Math.max(Math.abs(quantMin), Math.abs(quantMax), 1));
}

/** Why a layer cannot keep a limit at all: codes without a zero have at least one a weight. Null where it can. */
export function impossibleLimit(
  plan: PlannedLayer,
  parameters: LayerParameters,
  limit: number,
): string | null {
  const { stride } = weightGrid(plan.weights.bits, plan.weights.code);
  const channels = trainableOf(plan.operation).outputChannels(parameters.kernelShape);
  const rowLength = parameters.kernel.length / channels;
  return stride === 2 && rowLength > limit
    ? `${rowLength} weights of code '${plan.weights.code}' add up to at least ${rowLength}, expected at most ${limit}`
    : null;
}

/** The kernel with every channel shrunk, as a whole, to a limit of weight steps. Tensors; the caller disposes the result. */
export function shrinkKernel(
  { operation }: PlannedLayer,
  kernel: tf.Tensor,
  weightStep: tf.Tensor,
  limit: number,
): tf.Tensor {
  return tf.tidy(() => {
    const shape = trainableOf(operation).stepShape(kernel.shape);
    const step = weightStep.size === 1 ? weightStep : tf.reshape(weightStep, shape);
    const axes = shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
    const sums = tf.div(tf.sum(tf.abs(kernel), axes, true), step);
    return tf.mul(kernel, tf.minimum(1, tf.div(limit, tf.maximum(sums, 1e-12))));
  });
}

/**
 * Weight steps with which the kernel loses least by keeping a limit: with coarser ones its channels are shrunk less.
 *
 * Least squared error over powers of what would need no shrinking at all, of each channel where there is a step a channel.
 */
export function stepsWithinLimit(
  plan: PlannedLayer,
  parameters: LayerParameters,
  weightSteps: Float32Array,
  limit: number,
): Float32Array {
  const rows = kernelRows(plan, parameters);
  const stepOf = (steps: Float32Array, channel: number): number => steps[steps.length === 1 ? 0 : channel];
  const excess = rows.map((row, channel) =>
    Math.max(1, magnitudeSum(row) / (stepOf(weightSteps, channel) * Math.max(limit, 1))),
  );
  const worst = excess.reduce((a, b) => Math.max(a, b), 1);
  if (worst === 1) return weightSteps;
  const grid = weightGrid(plan.weights.bits, plan.weights.code);
  const candidates = Array.from({ length: 13 }, (_, i) =>
    weightSteps.map(
      (step, channel) => step * (weightSteps.length === 1 ? worst : excess[channel]) ** (i / 12),
    ),
  );
  const error = (steps: Float32Array): number =>
    rows.reduce((sum, row, channel) => {
      const step = stepOf(steps, channel);
      const share = Math.min(1, (limit * step) / Math.max(magnitudeSum(row), 1e-20));
      return row.reduce((own, w) => own + (w - nearestWeight((w * share) / step, grid) * step) ** 2, sum);
    }, 0);
  return candidates.reduce((best, steps) => (error(steps) < error(best) ? steps : best));
}

function magnitudeSum(row: Float32Array): number {
  return row.reduce((sum, w) => sum + Math.abs(w), 0);
}

/**
 * The kernel with as many weights rounded towards zero as it takes for the integers of every channel to keep the limit, those first
 * that were rounded away from zero farthest.
 */
export function roundWithinLimit(
  plan: PlannedLayer,
  { kernel, kernelShape }: LayerParameters,
  { weightSteps }: Pick<LayerSteps, 'weightSteps'>,
  limit: number,
): Float32Array {
  const trainable = trainableOf(plan.operation);
  const grid = weightGrid(plan.weights.bits, plan.weights.code);
  const channels = trainable.outputChannels(kernelShape);
  const rowLength = kernel.length / channels;
  const limited = kernel.slice();
  for (let channel = 0; channel < channels; channel += 1) {
    const step = weightSteps[weightSteps.length === 1 ? 0 : channel];
    const row = Array.from({ length: rowLength }, (_, position) => {
      const index = trainable.kernelIndex(kernelShape, channel, position);
      const scaled = Math.fround(kernel[index] / step);
      const integer = nearestWeight(scaled, grid);
      return { index, integer, excess: Math.abs(integer) - Math.abs(scaled) };
    });
    let sum = row.reduce((total, { integer }) => total + Math.abs(integer), 0);
    row.sort((a, b) => b.excess - a.excess || a.index - b.index);
    while (sum > limit) {
      const before = sum;
      for (const weight of row) {
        if (sum <= limit) break;
        if (Math.abs(weight.integer) < grid.stride) continue;
        weight.integer -= Math.sign(weight.integer) * grid.stride;
        limited[weight.index] = weight.integer * step;
        sum -= grid.stride;
      }
      if (sum === before) break;
    }
  }
  return limited;
}
