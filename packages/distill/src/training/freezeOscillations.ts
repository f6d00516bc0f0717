import * as tf from '@tensorflow/tfjs-core';
import { gridOf, kernelName, kernelStep, type RuledLayer } from './ruledLayer.js';
import type { Changes, RuleState, TrainingRule } from './trainingRule.js';
import { quantizeWeights } from './weightGrid.js';

export interface OscillationOptions {
  /** Flips a step, as a running mean, above which a weight is frozen when training ends; 0.01 by default. */
  readonly threshold?: number;
  /** The same when training begins; it falls to `threshold` by half a cosine. Four times `threshold` by default. */
  readonly startThreshold?: number;
  /** Weight of a new step in the running means of flips and integers; 0.01 by default. */
  readonly momentum?: number;
}

/** The options with their defaults. */
export function resolveOscillations({
  threshold = 0.01,
  startThreshold = Math.min(1, 4 * threshold),
  momentum = 0.01,
}: OscillationOptions): Required<OscillationOptions> {
  return { threshold, startThreshold, momentum };
}

/** What is remembered of every weight of a layer. */
const memories = ['integer', 'direction', 'flips', 'mean', 'frozen'] as const;

/**
 * Freezes weights whose integer goes back and forth too often to the integer that it was on average (Nagel et al. 2022, "Overcoming
 * oscillations in quantization-aware training", arXiv 2203.11086, algorithm 1).
 *
 * A flip is a change of the integer against the direction of the change before. A frozen weight keeps its integer, whatever
 * becomes of the step; it is trained no more.
 */
export function freezeOscillations(
  layers: readonly RuledLayer[],
  { threshold, startThreshold, momentum }: Required<OscillationOptions>,
): TrainingRule {
  const thresholdAt = (share: number): number =>
    threshold + ((startThreshold - threshold) * (1 + Math.cos(Math.PI * share))) / 2;
  return {
    begin: (tensors) =>
      merged(layers, (ruled) => {
        const integer = integersOf(ruled, tensors[kernelName(ruled)], kernelStep(ruled, tensors));
        return remember(ruled, [integer, ...memories.slice(1).map((memory) => startOf(memory, integer))]);
      }),
    observe: (tensors, state, share) =>
      merged(layers, (ruled) => {
        const [before, direction, flips, mean, frozen] = recall(ruled, state);
        const integer = integersOf(ruled, tensors[kernelName(ruled)], kernelStep(ruled, tensors));
        const change = tf.sign(tf.sub(integer, before));
        // -1 where the change undoes the one before.
        const isFlip = tf.cast(tf.less(tf.mul(change, direction), 0), 'float32');
        const newFlips = runningMean(flips, isFlip, momentum);
        const newMean = runningMean(mean, integer, momentum);
        const isNew = tf.greater(tf.mul(newFlips, tf.sub(1, frozen)), thresholdAt(share));
        const wasFrozen = tf.cast(frozen, 'bool');
        const atMean = integersOf(ruled, newMean, tf.scalar(1));
        return remember(ruled, [
          integer,
          tf.where(tf.equal(change, 0), direction, change),
          newFlips,
          tf.where(wasFrozen, mean, tf.where(isNew, atMean, newMean)),
          tf.cast(tf.logicalOr(wasFrozen, isNew), 'float32'),
        ]);
      }),
    view: (tensors, state) =>
      merged(layers, (ruled) => {
        const [, , , mean, frozen] = recall(ruled, state);
        const kernel = tensors[kernelName(ruled)];
        const fixed = tf.mul(mean, kernelStep(ruled, tensors));
        return { [kernelName(ruled)]: tf.where(tf.cast(frozen, 'bool'), fixed, kernel) };
      }),
  };
}

/** Nothing has moved yet, and the mean integer is the first. */
function startOf(memory: (typeof memories)[number], integer: tf.Tensor): tf.Tensor {
  return memory === 'mean' ? integer.clone() : tf.zerosLike(integer);
}

function integersOf(ruled: RuledLayer, weights: tf.Tensor, step: tf.Tensor): tf.Tensor {
  return tf.round(tf.div(quantizeWeights(weights, step, gridOf(ruled)), step));
}

function runningMean(mean: tf.Tensor, value: tf.Tensor, momentum: number): tf.Tensor {
  return tf.add(tf.mul(mean, 1 - momentum), tf.mul(value, momentum));
}

function remember({ layer }: RuledLayer, tensors: readonly tf.Tensor[]): RuleState {
  return Object.fromEntries(memories.map((memory, i) => [`${layer.plan.name}/${memory}`, tensors[i]]));
}

function recall({ layer }: RuledLayer, state: RuleState): tf.Tensor[] {
  return memories.map((memory) => state[`${layer.plan.name}/${memory}`]);
}

function merged(
  layers: readonly RuledLayer[],
  of: (ruled: RuledLayer) => Changes,
): Record<string, tf.Tensor> {
  return Object.assign({}, ...layers.map(of)) as Record<string, tf.Tensor>;
}
