import * as tf from '@tensorflow/tfjs-core';
import { fromDyadic } from '../layers/dyadic.js';
import type { CalibratedLayer, LayerSteps } from '../layers/stages.js';
import { layerTensors } from '../training/layerParameters.js';
import { meanOverImages } from '../training/meanOverImages.js';
import { simulateLayer } from '../training/simulateLayer.js';
import type { LayerContext, LayerPass } from './pass.js';

export interface ChooseDivisorOptions {
  /** Training images to look at; 128 by default. */
  readonly images?: number;
  /** How far the search goes from the calibrated divisor, as a factor; 4 by default. */
  readonly reach?: number;
  /** Divisors to try, evenly spaced by proportion; 24 by default. */
  readonly candidates?: number;
}

/** Beyond it a divisor leaves nothing of any sum that fits 32 bits. */
const largestDivisor = 2 ** 20;

/**
 * Chooses the integer scale factor of a layer with the `divide` scheme by the error of the layer's own output against the tap, behind
 * clipping and rounding, and fixes it: the local initialization of arXiv 2512.16476. Least squares before rounding would leave
 * levels unused.
 *
 * Layers of other schemes, and logits, are left as they are.
 */
export function chooseDivisor(
  options: ChooseDivisorOptions = {},
): LayerPass<CalibratedLayer, CalibratedLayer> {
  const { images = 128, reach = 4, candidates = 24 } = options;
  return {
    name: 'chooseDivisor',
    settings: JSON.stringify({ images, reach, candidates }),
    async run(layer, context) {
      const { plan, steps } = layer;
      if (plan.requantization !== 'divide' || steps.fixedRatios === null) return layer;
      const divisor = Math.round(1 / steps.fixedRatios[0]);
      let best = { steps, error: Infinity };
      for (const candidate of divisorsAround(divisor, reach, candidates)) {
        const tried = stepsOf(layer, candidate, context);
        const error = await outputError({ ...layer, steps: tried }, context, images);
        if (error < best.error) best = { steps: tried, error };
      }
      return { ...layer, steps: best.steps };
    },
  };
}

/** Whole numbers around a divisor, itself among them, ascending. */
function divisorsAround(divisor: number, reach: number, candidates: number): number[] {
  const around = Array.from({ length: candidates }, (_, i) =>
    Math.round(divisor * reach ** ((2 * i) / Math.max(1, candidates - 1) - 1)),
  );
  const inside = [divisor, ...around].map((value) => Math.min(largestDivisor, Math.max(1, value)));
  return [...new Set(inside)].sort((a, b) => a - b);
}

/** With a divisor goes a weight step: `inputScale * weightStep / activationStep` is one over it. */
function stepsOf({ steps }: CalibratedLayer, divisor: number, { training }: LayerContext): LayerSteps {
  const ratio = Math.fround(1 / divisor);
  const inputScale = fromDyadic(training.inputGrid.scale);
  return {
    ...steps,
    fixedRatios: Float32Array.of(ratio),
    weightSteps: Float32Array.of((ratio * (steps.activationStep ?? 1)) / inputScale),
  };
}

async function outputError(layer: CalibratedLayer, context: LayerContext, images: number): Promise<number> {
  const { plan, parameters, steps } = layer;
  const { training, batchSize, signal } = context;
  const inputScale = tf.scalar(fromDyadic(training.inputGrid.scale));
  const fixed = {
    [`${plan.name}/kernel`]: tf.tensor(parameters.kernel, [...parameters.kernelShape]),
    [`${plan.name}/bias`]: tf.tensor1d(parameters.bias),
    [`${plan.name}/logActivationStep`]: tf.tensor1d([Math.log(steps.activationStep ?? 1)]),
  };
  try {
    return await meanOverImages(
      { total: Math.min(images, training.count), batchSize, signal },
      (indices) => [training.studentInput(indices), ...training.teacherValues(indices, [plan.tap])],
      ([input, tap]) =>
        tf.mean<tf.Scalar>(
          tf.squaredDifference(simulateLayer(plan, input, layerTensors(layer, inputScale, fixed)), tap),
        ),
    );
  } finally {
    tf.dispose([inputScale, ...Object.values(fixed)]);
  }
}
