import * as tf from '@tensorflow/tfjs-core';
import { kernelRows } from '../trainable/kernelRows.js';
import { trainableOf } from '../trainable/index.js';
import { kernelName, type RuledLayer } from './ruledLayer.js';
import type { TrainingRule } from './trainingRule.js';

/** Below it a channel counts as one without variance. */
const smallest = 1e-6;

/** Relative rate of means, and rate of the logarithms of gains. */
export interface StandardizationRates {
  readonly weights: number;
  readonly steps: number;
}

/**
 * Trains each output channel's weights as `mean + gain * (w - mean(w)) / (deviation(w) * sqrt(count))`, with gain and mean of their own
 * (scaled weight standardization: Brock et al. 2021, arXiv 2101.08692).
 *
 * The source has no mean; here it is kept, so that training starts from the very weights that are given. What is kept is the result: nothing
 * of it is left in the integers. Layers of one weight a channel are left out.
 */
export function standardizeWeights(layers: readonly RuledLayer[], rates: StandardizationRates): TrainingRule {
  const standardized = layers.filter((ruled) => rowsOf(ruled)[0].length > 1);
  return {
    parameters: standardized.flatMap((ruled) => {
      const rows = rowsOf(ruled);
      const { kernel } = ruled.layer.parameters;
      const size = Math.sqrt(kernel.reduce((sum, w) => sum + w * w, 0) / kernel.length) || 1e-3;
      const shape = [rows.length];
      return [
        {
          name: partName(ruled, 'mean'),
          shape,
          values: Float32Array.from(rows, meanOf),
          learningRate: rates.weights * size,
        },
        {
          name: partName(ruled, 'logGain'),
          shape,
          values: Float32Array.from(rows, (row) => Math.log(Math.sqrt(row.length) * deviationOf(row))),
          learningRate: rates.steps,
        },
      ];
    }),
    view: (tensors) =>
      Object.fromEntries(
        standardized.map((ruled) => {
          const kernel = tensors[kernelName(ruled)];
          const shape = trainableOf(ruled.layer.plan.operation).stepShape(kernel.shape);
          const axes = shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
          const centered = tf.sub(kernel, tf.mean(kernel, axes, true));
          // Limited before the root, whose gradient at zero is none.
          const variance = tf.maximum(tf.mean(tf.square(centered), axes, true), smallest ** 2);
          const count = kernel.size / shape.reduce((a, b) => a * b, 1);
          const unit = tf.div(centered, tf.mul(tf.sqrt(variance), Math.sqrt(count)));
          const gain = tf.reshape(tf.exp(tensors[partName(ruled, 'logGain')]), shape);
          const mean = tf.reshape(tensors[partName(ruled, 'mean')], shape);
          return [kernelName(ruled), tf.add(tf.mul(unit, gain), mean)];
        }),
      ),
  };
}

function rowsOf({ layer }: RuledLayer): Float32Array[] {
  return kernelRows(layer.plan, layer.parameters);
}

function partName({ layer }: RuledLayer, part: 'mean' | 'logGain'): string {
  return `${layer.plan.name}/standard/${part}`;
}

function meanOf(row: Float32Array): number {
  return row.reduce((sum, w) => sum + w, 0) / row.length;
}

function deviationOf(row: Float32Array): number {
  const mean = meanOf(row);
  return Math.max(smallest, Math.sqrt(row.reduce((sum, w) => sum + (w - mean) ** 2, 0) / row.length));
}
