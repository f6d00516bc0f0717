import * as tf from '@tensorflow/tfjs-core';
import { fromDyadic } from '../layers/dyadic.js';
import type { QuantizableLayer } from '../layers/stages.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { chunksOf, range } from '../training/imageIndices.js';
import { biasPlace } from '../training/quantizeBias.js';
import { severalLooks, type Looks } from '../training/severalLooks.js';
import {
  finishSums,
  integerBias,
  integerKernel,
  products,
  withBias,
  type LayerTensors,
} from '../training/simulateLayer.js';
import { sizeOf } from '../training/valueBudget.js';
import type { LayerContext, LayerPass } from './pass.js';

export interface CorrectBiasOptions {
  /** Training images to look at; 256 by default. */
  readonly images?: number;
  /** Corrections, each from a fresh simulation; 3 by default. */
  readonly iterations?: number;
}

/**
 * Moves each channel's bias until the student's mean output is the tap's (Nagel et al. 2019, arXiv 1906.04721), where
 * that lowers the error. Clipping hides a part of each move, so that it is repeated and only kept if it helps.
 */
export function correctBias<Layer extends QuantizableLayer>(
  options: CorrectBiasOptions = {},
): LayerPass<Layer, Layer> {
  const { images = 256, iterations = 3 } = options;
  return {
    name: 'correctBias',
    settings: `images=${images} iterations=${iterations}`,
    async run(layer, context) {
      if (biasPlace(layer.plan) === 'none') return layer;
      const trial = openTrial(layer, fromDyadic(context.training.inputGrid.scale));
      const source = batchSource(layer.plan, trial.kernel, context, images);
      try {
        const batches = await severalLooks(source.read, source.bytes, context.budget.looked);
        const measure = (bias: Float32Array) => measureBias(layer.plan, trial, bias, batches, context.signal);
        const bias = await moveBias(layer.parameters.bias, iterations, measure);
        return { ...layer, parameters: { ...layer.parameters, bias } };
      } finally {
        source.close();
        tf.dispose(Object.values(trial) as tf.Tensor[]);
      }
    },
  };
}

/** What stays while the bias moves; the kernel as the integers have it. */
type Trial = Omit<LayerTensors, 'bias'>;

function openTrial({ plan, parameters, steps }: QuantizableLayer, inputScale: number): Trial {
  const weightStep = tf.tensor1d(steps.weightSteps, 'float32');
  const kernel = tf.tidy(() => {
    const own = tf.tensor(parameters.kernel, [...parameters.kernelShape], 'float32');
    return integerKernel(plan, { kernel: own, weightStep });
  });
  const { activationStep } = steps;
  return {
    ...{ kernel, weightStep, inputScale: tf.scalar(inputScale) },
    activationStep: activationStep === null ? null : tf.tensor1d([activationStep], 'float32'),
  };
}

/** What the layer sums without its bias, and what it should make of it. */
interface Batch {
  readonly share: number;
  readonly sums: tf.Tensor;
  readonly tap: tf.Tensor;
}

interface BatchSource {
  readonly read: Looks<Batch>;
  /** Of all batches. */
  readonly bytes: number;
  /** Disposes the batches that are there. */
  readonly close: () => void;
}

/** The same images at every look. Where all batches are too many bytes to keep, one takes the place of another. */
function batchSource(
  plan: PlannedLayer,
  kernel: tf.Tensor,
  { training, batchSize, budget }: LayerContext,
  images: number,
): BatchSource {
  const total = Math.min(images, training.count);
  const bytes = 2 * 4 * total * sizeOf(plan.outputShape);
  const open: Batch[] = [];
  const close = (): void => {
    tf.dispose(open.splice(0).map(({ sums, tap }) => [sums, tap]));
  };
  const read = function* (): Generator<Batch> {
    for (const { start, end } of chunksOf(total, batchSize)) {
      if (bytes > budget.looked) close();
      const indices = range(start, end);
      const [tap] = training.teacherValues(indices, [plan.tap]);
      const sums = tf.tidy(() => products(plan, training.studentInput(indices), kernel));
      const batch = { share: indices.length / total, sums, tap };
      open.push(batch);
      yield batch;
    }
  };
  return { read, bytes, close };
}

async function moveBias(
  start: Float32Array,
  iterations: number,
  measure: (bias: Float32Array) => Promise<Measurement>,
): Promise<Float32Array> {
  let bias = start;
  let current = await measure(bias);
  for (let i = 0; i < iterations; i += 1) {
    const moved = bias.map((b, channel) => b + current.meanGap[channel]);
    const next = await measure(moved);
    if (next.error >= current.error) break;
    bias = moved;
    current = next;
  }
  return bias;
}

interface Measurement {
  /** Mean squared difference from the tap. */
  readonly error: number;
  /** Tap's mean less the student's, per channel. */
  readonly meanGap: Float32Array;
}

async function measureBias(
  plan: PlannedLayer,
  trial: Trial,
  values: Float32Array,
  batches: Looks<Batch>,
  signal: AbortSignal | undefined,
): Promise<Measurement> {
  const bias = tf.tidy(() => integerBias(plan, { ...trial, bias: tf.tensor1d(values, 'float32') }));
  const meanGap = new Float64Array(values.length);
  let error = 0;
  for await (const { share, sums, tap } of batches()) {
    signal?.throwIfAborted();
    const [gap, squared] = tf.tidy(() => {
      const difference = tf.sub(tap, finishSums(plan, withBias(plan, sums, bias), trial.activationStep));
      const axes = difference.shape.map((_, axis) => axis).slice(0, -1);
      return [tf.mean(difference, axes), tf.mean(tf.square(difference))] as [tf.Tensor, tf.Tensor];
    });
    (await gap.data()).forEach((value, channel) => {
      meanGap[channel] = meanGap[channel] + value * share;
    });
    error += (await squared.data())[0] * share;
    tf.dispose([gap, squared]);
  }
  bias.dispose();
  return { error, meanGap: Float32Array.from(meanGap) };
}
