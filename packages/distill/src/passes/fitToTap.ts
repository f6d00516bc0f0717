import * as tf from '@tensorflow/tfjs-core';
import { batchOrder } from '../data/batchOrder.js';
import { fromDyadic } from '../layers/dyadic.js';
import type { CalibratedLayer, FittedLayer } from '../layers/stages.js';
import { logitsTap } from '../plan/logitsTap.js';
import { distillationLoss } from '../training/distillationLoss.js';
import type { LayerFeed } from '../training/layerFeed.js';
import { simulateFromParameters, trainableParameters, trainedLayer } from '../training/layerParameters.js';
import { meanOverImages } from '../training/meanOverImages.js';
import { optimize, type ParameterTensors } from '../training/optimize.js';
import type { TeacherTail } from '../training/teacherTail.js';
import type { LayerContext, LayerPass } from './pass.js';

export interface FitToTapOptions {
  /** Steps of Adam; 100 by default. 0 leaves the layer as it was calibrated. */
  readonly steps?: number;
  /** Learning rate of weights, relative to their root mean square; 0.03 by default. */
  readonly learningRate?: number;
  /** Learning rate of the logarithm of the weight and activation steps; 0.005 by default. */
  readonly stepLearningRate?: number;
  /** Steps between two looks at the held-out images; the best is kept. */
  readonly validateEvery?: number;
  /** Ends the fit after so many looks without a new best; never by default. */
  readonly patience?: number;
  /** Held-out images per look; 256 by default. */
  readonly validationImages?: number;
  /**
   * Weight of a second loss: what the teacher's remaining layers, frozen, make of this layer's output, against the
   * teacher's classes (the hybrid network of tandem learning, arXiv 2007.01204). 0 by default: the tap alone.
   */
  readonly tailWeight?: number;
}

/** Fits weights, bias and grid to the teacher's tap, on the integers that arrive from the frozen prefix. */
export function fitToTap(options: FitToTapOptions = {}): LayerPass<CalibratedLayer, FittedLayer> {
  const settings = {
    steps: options.steps ?? 100,
    learningRate: options.learningRate ?? 0.03,
    stepLearningRate: options.stepLearningRate ?? 5e-3,
    validateEvery: options.validateEvery ?? 25,
    patience: options.patience ?? null,
    validationImages: options.validationImages ?? 256,
    tailWeight: options.tailWeight ?? 0,
  };
  const { steps, learningRate, stepLearningRate, validateEvery, patience, validationImages, tailWeight } =
    settings;
  return {
    name: 'fitToTap',
    settings: JSON.stringify(settings),
    async run(layer, context) {
      const { plan } = layer;
      const fit = await FitJob.open(layer, context, tailWeight, validationImages);
      const order = batchOrder({
        count: context.training.count,
        batchSize: Math.min(context.batchSize, context.training.count),
        seed: context.seed,
        purpose: `${plan.name}/fit`,
      });
      try {
        const optimum = await optimize({
          parameters: trainableParameters(layer, { weights: learningRate, steps: stepLearningRate }),
          steps,
          warmUpSteps: Math.min(10, Math.floor(steps / 10)),
          batch: (step) => Promise.resolve(fit.batch(context.training, order(step))),
          loss: (tensors, batch) => fit.loss(tensors, batch),
          validate: (tensors) => fit.validate(tensors),
          validateEvery,
          ...(patience === null ? {} : { patience }),
          onStep: (step, loss) => {
            context.emit({ type: 'step', layer: plan.name, pass: 'fitToTap', step: step + 1, steps, loss });
          },
          signal: context.signal,
          progress: context.progress('fit'),
        });
        const { lossBefore, lossAfter } = optimum;
        return {
          stage: 'fitted',
          plan,
          ...trainedLayer(layer, optimum.parameters, fromDyadic(context.training.inputGrid.scale)),
          fit: { steps: optimum.steps, lossBefore, lossAfter },
        };
      } finally {
        fit.close();
      }
    },
  };
}

/** Batches and losses of one fit. A batch is the layer's input, the tap and, with a tail, the teacher's logits and all live values. */
class FitJob {
  readonly #inputScale: tf.Tensor;
  readonly #tail: ReturnType<TeacherTail['tensorsAfter']>;
  /** Mean square of the tap: losses are relative to it. */
  #power = 1;

  private constructor(
    private readonly layer: CalibratedLayer,
    private readonly context: LayerContext,
    private readonly tailWeight: number,
    private readonly validationImages: number,
  ) {
    this.#inputScale = tf.scalar(fromDyadic(context.training.inputGrid.scale));
    this.#tail = this.#usesTail() ? context.tail.tensorsAfter(layer.plan.name) : new Map<string, never>();
  }

  static async open(
    layer: CalibratedLayer,
    context: LayerContext,
    tailWeight: number,
    validationImages: number,
  ): Promise<FitJob> {
    const job = new FitJob(layer, context, tailWeight, validationImages);
    const power = await job.#overValidation(([, tap]) => tf.mean(tf.square(tap)));
    job.#power = Math.max(1e-12, power);
    return job;
  }

  batch(feed: LayerFeed, indices: ArrayLike<number>): tf.Tensor[] {
    const names = [this.layer.plan.tap, ...(this.#usesTail() ? [logitsTap(this.context.plan)] : [])];
    const live = this.#usesTail() ? feed.liveValues(indices) : [];
    return [feed.studentInput(indices), ...feed.teacherValues(indices, names), ...live];
  }

  loss(tensors: ParameterTensors, batch: readonly tf.Tensor[]): tf.Scalar {
    const [input, tap, teacherLogits, ...live] = batch as [tf.Tensor, tf.Tensor, tf.Tensor?, ...tf.Tensor[]];
    const { value } = simulateFromParameters(
      this.layer,
      { value: input, grid: null },
      this.#inputScale,
      tensors,
    );
    const local = tf.div<tf.Scalar>(tf.mean(tf.squaredDifference(value, tap)), this.#power);
    if (teacherLogits === undefined) return local;
    const { liveNames } = this.context.training;
    const given = new Map(live.map((held, i) => [liveNames[i], held]));
    const logits = this.context.tail.forward(given.set(this.layer.plan.name, value), ({ name }) => {
      const found = this.#tail.get(name);
      if (found === undefined) throw new RangeError(`tail lacks "${name}"`);
      return found;
    });
    return tf.add<tf.Scalar>(local, tf.mul(distillationLoss(logits, teacherLogits), this.tailWeight));
  }

  validate(tensors: ParameterTensors): Promise<number> {
    return this.#overValidation((batch) => this.loss(tensors, batch));
  }

  close(): void {
    this.#inputScale.dispose();
    for (const { kernel, bias } of this.#tail.values()) tf.dispose([kernel, bias]);
  }

  /** The logits layer has no tail: its tap is the logits. */
  #usesTail(): boolean {
    return this.tailWeight > 0 && this.layer.plan.activations !== null;
  }

  #overValidation(loss: (batch: readonly tf.Tensor[]) => tf.Scalar): Promise<number> {
    const { validation, batchSize, signal } = this.context;
    const total = Math.min(this.validationImages, validation.count);
    return meanOverImages({ total, batchSize, signal }, (indices) => this.batch(validation, indices), loss);
  }
}
