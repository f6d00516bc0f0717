import * as tf from '@tensorflow/tfjs-core';
import { batchOrder } from '../data/batchOrder.js';
import type { FittedLayer, LayerParameters, QuantizableLayer } from '../layers/stages.js';
import { fromDyadic } from '../layers/dyadic.js';
import { trainableOf } from '../trainable/index.js';
import { layerTensors } from '../training/layerParameters.js';
import { meanOverImages } from '../training/meanOverImages.js';
import { optimize, type ParameterTensors } from '../training/optimize.js';
import { finishSums, integerBias, limitedSums } from '../training/simulateLayer.js';
import { choiceOf, decideRounding, roundingPenalty, softWeights } from '../training/softRounding.js';
import { weightGrid } from '../training/weightGrid.js';
import type { LayerContext, LayerPass } from './pass.js';

export interface RoundSoftlyOptions {
  /** Steps of Adam; 200 by default. */
  readonly steps?: number;
  /** Of the rounding variables; 0.02 by default. */
  readonly learningRate?: number;
  /** Weight of the penalty that drives every variable to one side, relative to the loss; 0.01 by default. */
  readonly penalty?: number;
  readonly validateEvery?: number;
  readonly validationImages?: number;
}

/**
 * Decides for each weight whether it is rounded down or up by what that does to the layer's output (AdaRound: Nagel et al.
 * 2020, arXiv 2004.10568). The grid stays as it is, and so does every weight within one level; the best held-out result is kept,
 * nearest rounding included.
 */
export function roundSoftly(options: RoundSoftlyOptions = {}): LayerPass<QuantizableLayer, FittedLayer> {
  const settings = {
    steps: options.steps ?? 200,
    learningRate: options.learningRate ?? 0.02,
    penalty: options.penalty ?? 0.01,
    validateEvery: options.validateEvery ?? 25,
    validationImages: options.validationImages ?? 256,
  };
  return {
    name: 'roundSoftly',
    settings: JSON.stringify(settings),
    async run(layer, context) {
      const job = new RoundingJob(layer, context, settings);
      try {
        return await job.run();
      } finally {
        job.close();
      }
    },
  };
}

type Settings = Required<RoundSoftlyOptions>;

class RoundingJob {
  readonly #inputScale: tf.Tensor;
  readonly #fixed: Record<string, tf.Tensor>;
  /** Mean square of the tap: losses are relative to it. */
  #power = 1;
  #step = 0;

  constructor(
    private readonly layer: QuantizableLayer,
    private readonly context: LayerContext,
    private readonly settings: Settings,
  ) {
    const { plan, parameters, steps } = layer;
    this.#inputScale = tf.scalar(fromDyadic(context.training.inputGrid.scale));
    this.#fixed = {
      [`${plan.name}/kernel`]: tf.tensor(parameters.kernel, [...parameters.kernelShape]),
      [`${plan.name}/bias`]: tf.tensor1d(parameters.bias),
      [`${plan.name}/logWeightStep`]: tf.tensor1d(steps.weightSteps.map((step) => Math.log(step))),
      ...(steps.activationStep === null
        ? {}
        : { [`${plan.name}/logActivationStep`]: tf.tensor1d([Math.log(steps.activationStep)]) }),
    };
  }

  async run(): Promise<FittedLayer> {
    const { layer, context, settings } = this;
    const { plan, parameters } = layer;
    this.#power = Math.max(1e-12, await this.#overValidation(([, tap]) => tf.mean(tf.square(tap))));
    const grid = weightGrid(plan.weights.bits, plan.weights.code);
    const choices = choiceOf(parameters.kernel, this.#stepOf(), grid);
    const order = batchOrder({
      count: context.training.count,
      batchSize: Math.min(context.batchSize, context.training.count),
      seed: context.seed,
      purpose: `${plan.name}/round`,
    });
    const optimum = await optimize({
      parameters: [
        {
          name: 'choices',
          shape: parameters.kernelShape,
          values: choices,
          learningRate: settings.learningRate,
        },
      ],
      steps: settings.steps,
      warmUpSteps: 0,
      batch: (step) => {
        this.#step = step;
        return Promise.resolve(this.#batch(context.training, order(step)));
      },
      loss: (tensors, batch) =>
        tf.add<tf.Scalar>(
          this.#loss(softWeights(this.#kernel, this.#weightStep(), tensors['choices'], grid), batch),
          tf.mul(roundingPenalty(tensors['choices'], this.#step / settings.steps), settings.penalty),
        ),
      validate: (tensors) => this.#overValidation((batch) => this.#decidedLoss(tensors, batch)),
      validateEvery: settings.validateEvery,
      onStep: (step, loss) => {
        context.emit({
          type: 'step',
          layer: plan.name,
          pass: 'roundSoftly',
          step: step + 1,
          steps: settings.steps,
          loss,
        });
      },
      signal: context.signal,
      progress: context.progress('round'),
    });
    const kernel = decideRounding(parameters.kernel, this.#stepOf(), optimum.parameters['choices'], grid);
    const rounded: LayerParameters = { ...parameters, kernel };
    const { lossBefore, lossAfter, steps } = optimum;
    return {
      stage: 'fitted',
      plan,
      parameters: rounded,
      steps: layer.steps,
      fit: { steps, lossBefore, lossAfter },
    };
  }

  close(): void {
    tf.dispose([this.#inputScale, ...Object.values(this.#fixed)]);
  }

  /** Decided as the end will be: every weight on one side. */
  #decidedLoss(tensors: ParameterTensors, batch: readonly tf.Tensor[]): tf.Scalar {
    const { bits, code } = this.layer.plan.weights;
    const hard = tf.mul(
      tf.sub(tf.mul(tf.cast(tf.greaterEqual(tensors['choices'], 0), 'float32'), 2), 1),
      100,
    );
    return this.#loss(softWeights(this.#kernel, this.#weightStep(), hard, weightGrid(bits, code)), batch);
  }

  #loss(kernel: tf.Tensor, [input, tap]: readonly tf.Tensor[]): tf.Scalar {
    const { plan } = this.layer;
    const tensors = layerTensors(this.layer, this.#inputScale, this.#fixed);
    const bias = integerBias(plan, tensors);
    // Between its levels the kernel must not be rounded: that is what is being decided.
    const value = finishSums(plan, limitedSums(plan, input, kernel, bias), tensors.activationStep);
    return tf.div(tf.mean(tf.squaredDifference(value, tap)), this.#power);
  }

  #batch(feed: LayerContext['training'], indices: ArrayLike<number>): tf.Tensor[] {
    return [feed.studentInput(indices), ...feed.teacherValues(indices, [this.layer.plan.tap])];
  }

  #overValidation(loss: (batch: readonly tf.Tensor[]) => tf.Scalar): Promise<number> {
    const { validation, batchSize, signal } = this.context;
    const total = Math.min(this.settings.validationImages, validation.count);
    return meanOverImages({ total, batchSize, signal }, (indices) => this.#batch(validation, indices), loss);
  }

  get #kernel(): tf.Tensor {
    return this.#fixed[`${this.layer.plan.name}/kernel`];
  }

  /** Broadcasts against the kernel. */
  #weightStep(): tf.Tensor {
    const { weightStep } = layerTensors(this.layer, this.#inputScale, this.#fixed);
    const { operation } = this.layer.plan;
    const { kernelShape } = this.layer.parameters;
    return weightStep.size === 1
      ? weightStep
      : tf.reshape(weightStep, trainableOf(operation).stepShape(kernelShape));
  }

  /** The step of each weight of the kernel, on the host. */
  #stepOf(): (index: number) => number {
    const { parameters, plan, steps } = this.layer;
    const { weightSteps } = steps;
    if (weightSteps.length === 1) return () => weightSteps[0];
    const trainable = trainableOf(plan.operation);
    const channelOf = new Int32Array(parameters.kernel.length);
    const rowLength = parameters.kernel.length / weightSteps.length;
    for (let channel = 0; channel < weightSteps.length; channel += 1) {
      for (let position = 0; position < rowLength; position += 1) {
        channelOf[trainable.kernelIndex(parameters.kernelShape, channel, position)] = channel;
      }
    }
    return (index) => weightSteps[channelOf[index]];
  }
}
