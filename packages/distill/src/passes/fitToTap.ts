import { unknownKeys } from '@bnfree/integer-kernels';
import * as tf from '@tensorflow/tfjs-core';
import { throwIfIssues } from '@bnfree/core';
import { batchOrder } from '../data/batchOrder.js';
import { fromDyadic } from '../layers/dyadic.js';
import type { CalibratedLayer, FittedLayer } from '../layers/stages.js';
import { outputTaps } from '../plan/outputTaps.js';
import type { LayerFeed } from '../training/layerFeed.js';
import { fitTargets, intervalLoss, movesStep, onLattice, type FitTarget } from '../training/fitTarget.js';
import {
  layerTensors,
  simulateFromParameters,
  trainableParameters,
  trainedLayer,
  type LearningRates,
} from '../training/layerParameters.js';
import { roundedWithinLimit, withinLimit } from '../training/limitAccumulators.js';
import { mixInputs } from '../training/mixInputs.js';
import { meanOverImages } from '../training/meanOverImages.js';
import { optimize, type Parameter, type ParameterTensors } from '../training/optimize.js';
import { outputLoss } from '../training/outputLoss.js';
import type { RuledLayer } from '../training/ruledLayer.js';
import { simulateSums } from '../training/simulateLayer.js';
import type { TeacherTail } from '../training/teacherTail.js';
import type { LayerContext, LayerPass } from './pass.js';
import { nameIssues, shareIssues } from './rangeIssues.js';
import {
  resolveRules,
  type ResolvedRules,
  ruleIssues,
  ruleKeys,
  rulesOf,
  uselessRuleIssues,
  type TrainingRuleOptions,
} from './trainingRules.js';

export interface FitToTapOptions extends TrainingRuleOptions {
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
  /** Share of the layer's inputs that come from the clean teacher instead, drawn anew at every step (QDrop). 0 by default. */
  readonly teacherInputs?: number;
  /** What is fitted to; `clean` by default. See {@link FitTarget}. */
  readonly target?: FitTarget;
}

const keys = [
  'steps',
  'learningRate',
  'stepLearningRate',
  'validateEvery',
  'patience',
  'validationImages',
  'tailWeight',
  'teacherInputs',
  'target',
  ...ruleKeys,
] as const satisfies (keyof FitToTapOptions)[];

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
    teacherInputs: options.teacherInputs ?? 0,
    target: options.target ?? 'clean',
    accumulatorBits: options.accumulatorBits ?? null,
    ...resolveRules(options),
  };
  const { steps, learningRate, stepLearningRate, validateEvery, patience } = settings;
  throwIfIssues([
    ...unknownKeys(options, keys, 'fitToTap', 'UNKNOWN_OPTION'),
    ...ruleIssues(options, settings.steps),
    ...shareIssues('teacherInputs', settings.teacherInputs),
    ...nameIssues('target', settings.target, fitTargets),
  ]);
  return {
    name: 'fitToTap',
    settings: JSON.stringify(settings),
    async run(calibrated, context) {
      throwIfIssues(uselessRuleIssues(context.plan, settings));
      const { accumulatorBits } = settings;
      const input = context.training.inputGrid.tensor;
      const layer = accumulatorBits === null ? calibrated : withinLimit(calibrated, input, accumulatorBits);
      const { plan } = layer;
      const fit = await FitJob.open(layer, context, settings);
      const order = batchOrder({
        count: context.training.count,
        batchSize: Math.min(context.batchSize, context.training.count),
        seed: context.seed,
        purpose: `${plan.name}/fit`,
      });
      try {
        const optimum = await optimize({
          parameters: fit.parameters({ weights: learningRate, steps: stepLearningRate }),
          steps,
          warmUpSteps: Math.min(10, Math.floor(steps / 10)),
          batch: (step) => Promise.resolve(fit.trainingBatch(order(step), step)),
          loss: (tensors, batch) => fit.loss(tensors, batch),
          validate: (tensors) => fit.validate(tensors),
          validateEvery,
          ...fit.rules(),
          ...(patience === null ? {} : { patience }),
          onStep: (step, loss) => {
            context.emit({ type: 'step', layer: plan.name, pass: 'fitToTap', step: step + 1, steps, loss });
          },
          signal: context.signal,
          progress: context.progress('fit'),
        });
        const { lossBefore, lossAfter } = optimum;
        const trained = trainedLayer(layer, optimum.parameters, fromDyadic(context.training.inputGrid.scale));
        const bound =
          accumulatorBits === null
            ? trained
            : roundedWithinLimit({ plan, ...trained }, input, accumulatorBits);
        return {
          stage: 'fitted',
          plan,
          parameters: bound.parameters,
          steps: trained.steps,
          fit: { steps: optimum.steps, lossBefore, lossAfter },
        };
      } finally {
        fit.close();
      }
    },
  };
}

type FitSettings = Required<
  Pick<
    FitToTapOptions,
    'tailWeight' | 'validationImages' | 'teacherInputs' | 'target' | 'learningRate' | 'stepLearningRate'
  >
> &
  ResolvedRules;

/** Batches and losses of one fit. A batch is the layer's input, the tap and, with a tail, the teacher's logits and all live values. */
class FitJob {
  readonly #inputScale: tf.Tensor;
  /** The output's step as it was calibrated: a constant, apart from the one under training. */
  readonly #latticeStep: tf.Tensor;
  readonly #tail: ReturnType<TeacherTail['tensorsAfter']>;
  /** Mean square of the tap: losses are relative to it. */
  #power = 1;

  private constructor(
    private readonly layer: CalibratedLayer,
    private readonly context: LayerContext,
    private readonly settings: FitSettings,
  ) {
    this.#inputScale = tf.scalar(fromDyadic(context.training.inputGrid.scale));
    this.#latticeStep = tf.scalar(layer.steps.activationStep ?? 1);
    this.#tail = this.#usesTail() ? context.tail.tensorsAfter(layer.plan.name) : new Map<string, never>();
  }

  static async open(layer: CalibratedLayer, context: LayerContext, settings: FitSettings): Promise<FitJob> {
    const job = new FitJob(layer, context, settings);
    const power = await job.#overValidation(([, tap]) => tf.mean(tf.square(tap)));
    job.#power = Math.max(1e-12, power);
    return job;
  }

  /** What training may change: with a target on the layer's own lattice, the lattice stands still. */
  parameters(rates: LearningRates): Parameter[] {
    const all = trainableParameters(this.layer, rates);
    if (movesStep(this.settings.target)) return all;
    const step = `${this.layer.plan.name}/logActivationStep`;
    return all.map((parameter) => (parameter.name === step ? { ...parameter, learningRate: 0 } : parameter));
  }

  /** What the fit is held to. */
  rules(): ReturnType<typeof rulesOf> {
    const ruled: RuledLayer = {
      layer: this.layer,
      input: this.context.training.inputGrid.tensor,
      weightStep: (tensors) => layerTensors(this.layer, this.#inputScale, tensors).weightStep,
    };
    return rulesOf([ruled], this.settings);
  }

  /** A batch whose inputs come from the teacher in part. */
  trainingBatch(indices: Int32Array, step: number): tf.Tensor[] {
    const { training, seed } = this.context;
    const [input, ...rest] = this.batch(training, indices);
    const { teacherInputs } = this.settings;
    if (teacherInputs === 0) return [input, ...rest];
    const clean = training.cleanInput(indices);
    const mixed = mixInputs(input, clean, teacherInputs, {
      seed,
      purpose: `${this.layer.plan.name}/fit`,
      step,
    });
    tf.dispose([input, clean]);
    return [mixed, ...rest];
  }

  batch(feed: LayerFeed, indices: ArrayLike<number>): tf.Tensor[] {
    const names = [this.layer.plan.tap, ...(this.#usesTail() ? outputTaps(this.context.plan) : [])];
    const live = this.#usesTail() ? feed.liveValues(indices) : [];
    return [feed.studentInput(indices), ...feed.teacherValues(indices, names), ...live];
  }

  loss(tensors: ParameterTensors, batch: readonly tf.Tensor[]): tf.Scalar {
    const [input, tap, ...rest] = batch;
    const { value } = simulateFromParameters(
      this.layer,
      { value: input, grid: null },
      this.#inputScale,
      tensors,
    );
    const local = tf.div<tf.Scalar>(this.#localLoss(input, value, tap, tensors), this.#power);
    if (!this.#usesTail()) return local;
    const { plan, training } = this.context;
    const { liveNames } = training;
    const wanted = rest.slice(0, plan.outputs.length);
    const live = rest.slice(plan.outputs.length);
    const given = new Map(live.map((held, i) => [liveNames[i], held]));
    const outputs = this.context.tail.forward(given.set(this.layer.plan.name, value), ({ name }) => {
      const found = this.#tail.get(name);
      if (found === undefined) throw new RangeError(`tail lacks "${name}"`);
      return found;
    });
    return tf.add<tf.Scalar>(local, tf.mul(outputLoss(plan, outputs, wanted), this.settings.tailWeight));
  }

  #localLoss(input: tf.Tensor, value: tf.Tensor, tap: tf.Tensor, tensors: ParameterTensors): tf.Scalar {
    const { plan } = this.layer;
    const all = layerTensors(this.layer, this.#inputScale, tensors);
    const { target } = this.settings;
    if (target === 'clean' || all.activationStep === null) return tf.mean(tf.squaredDifference(value, tap));
    if (target === 'lattice')
      return tf.mean(tf.squaredDifference(value, onLattice(plan, tap, this.#latticeStep)));
    const loss = intervalLoss(plan, simulateSums(plan, input, all), tap, this.#latticeStep);
    // The step under training stands still, but tfjs wants every parameter to have a gradient, if a zero one.
    return tf.add(loss, tf.mul(tf.sum(all.activationStep), 0));
  }

  validate(tensors: ParameterTensors): Promise<number> {
    return this.#overValidation((batch) => this.loss(tensors, batch));
  }

  close(): void {
    tf.dispose([this.#inputScale, this.#latticeStep]);
    for (const { kernel, bias } of this.#tail.values()) tf.dispose([kernel, bias]);
  }

  /** The logits layer has no tail: its tap is the logits. */
  #usesTail(): boolean {
    return this.settings.tailWeight > 0 && this.layer.plan.activations !== null;
  }

  #overValidation(loss: (batch: readonly tf.Tensor[]) => tf.Scalar): Promise<number> {
    const { validation, batchSize, signal } = this.context;
    const total = Math.min(this.settings.validationImages, validation.count);
    return meanOverImages({ total, batchSize, signal }, (indices) => this.batch(validation, indices), loss);
  }
}
