import * as tf from '@tensorflow/tfjs-core';
import { throwIfIssues } from '@bnfree/core';
import { unknownKeys } from '@bnfree/integer-kernels';
import { batchOrder } from '../data/batchOrder.js';
import { fromDyadic } from '../layers/dyadic.js';
import type { FrozenUnit } from '../layers/stages.js';
import { blockIssues, planBlocks, type BlockEnds } from '../plan/planBlocks.js';
import { tapOf } from '../plan/outputTaps.js';
import { forwardPlan, valuesTaken, type SimulatedValue } from '../training/forwardPlan.js';
import type { LayerFeed } from '../training/layerFeed.js';
import { meanOverImages } from '../training/meanOverImages.js';
import { mixInputs } from '../training/mixInputs.js';
import { optimize, type ParameterTensors } from '../training/optimize.js';
import { ruledLayers, type RuledLayer } from '../training/ruledLayer.js';
import { simulateUnits, trainableUnits } from '../training/unitsUnderTraining.js';
import type { BlockContext, BlockPass } from './blockPass.js';
import { freezeBetter, startWithinLimit } from './freezeBetter.js';
import { nameIssues, shareIssues } from './rangeIssues.js';
import {
  resolveRules,
  ruleIssues,
  ruleKeys,
  rulesOf,
  uselessRuleIssues,
  type TrainingRuleOptions,
} from './trainingRules.js';

export interface FitBlocksOptions extends TrainingRuleOptions {
  /** Where blocks end: behind each residual sum, or behind units by name. See {@link planBlocks}. */
  readonly ends: BlockEnds;
  /** Steps of Adam a block; 100 by default. */
  readonly steps?: number;
  /** Learning rate of weights, relative to their root mean square; 0.01 by default. */
  readonly learningRate?: number;
  /** Learning rate of the logarithm of the weight and activation steps; 0.002 by default. */
  readonly stepLearningRate?: number;
  /** Steps between two looks at the held-out images; the best is kept. 25 by default. */
  readonly validateEvery?: number;
  /** Held-out images per look; 256 by default. */
  readonly validationImages?: number;
  /** Share of the block's inputs that come from the clean teacher instead, drawn anew at every step (QDrop). 0 by default. */
  readonly teacherInputs?: number;
}

const keys = [
  'ends',
  'steps',
  'learningRate',
  'stepLearningRate',
  'validateEvery',
  'validationImages',
  'teacherInputs',
  ...ruleKeys,
] as const satisfies (keyof FitBlocksOptions)[];

/**
 * Fits the units of a block together to the teacher's tap behind its last, on the integers that arrive at its first, once each of them is
 * made (block reconstruction: Li et al. 2021, BRECQ, arXiv 2102.05426).
 *
 * Within a block one layer can make up for another, and only what leaves it counts. The best on held-out images is kept, the units as
 * they were included.
 */
export function fitBlocks(options: FitBlocksOptions): BlockPass {
  const { ends } = options;
  const settings = {
    ends,
    steps: options.steps ?? 100,
    learningRate: options.learningRate ?? 0.01,
    stepLearningRate: options.stepLearningRate ?? 2e-3,
    validateEvery: options.validateEvery ?? 25,
    validationImages: options.validationImages ?? 256,
    teacherInputs: options.teacherInputs ?? 0,
    ...resolveRules(options),
  };
  throwIfIssues([
    ...unknownKeys(options, keys, 'fitBlocks', 'UNKNOWN_OPTION'),
    ...(Array.isArray(ends) ? [] : nameIssues('blocks.ends', ends as string, ['residual'])),
    ...shareIssues('teacherInputs', settings.teacherInputs),
    ...ruleIssues(options, settings.steps),
  ]);
  return {
    name: 'fitBlocks',
    settings: JSON.stringify(settings),
    blocksOf: (plan) => planBlocks(plan, ends),
    issuesOf: (plan) => blockIssues(plan, ends),
    async run(given, context) {
      throwIfIssues(uselessRuleIssues(context.plan, settings));
      const names = new Set(context.block.units.map(({ name }) => name));
      const units = startWithinLimit(context.plan, given, settings, names);
      const { block, plan, training, seed, signal } = context;
      const { steps, validateEvery } = settings;
      const fit = await BlockFit.open(units, context, settings);
      const order = batchOrder({
        count: training.count,
        batchSize: Math.min(context.batchSize, training.count),
        seed,
        purpose: `${block.end.name}/fitBlocks`,
      });
      try {
        const optimum = await optimize({
          parameters: trainableUnits(fit.trained, {
            weights: settings.learningRate,
            steps: settings.stepLearningRate,
          }),
          ...rulesOf(fit.ruledLayers(), settings),
          steps,
          warmUpSteps: Math.min(10, Math.floor(steps / 10)),
          batch: (step) => Promise.resolve(fit.trainingBatch(order(step), step)),
          loss: (tensors, batch) => fit.loss(tensors, batch),
          validate: (tensors) => fit.validate(tensors),
          validateEvery,
          onStep: (step, loss) => {
            const at = { layer: block.end.name, pass: 'fitBlocks', step: step + 1, steps, loss };
            context.emit({ type: 'step', ...at });
          },
          signal,
          progress: context.progress('fit-block'),
        });
        return freezeBetter(plan, units, optimum, settings, names);
      } finally {
        fit.close();
      }
    },
  };
}

type FitSettings = Required<Pick<FitBlocksOptions, 'teacherInputs' | 'validationImages'>>;

/** Batches and losses of one block. A batch is the tap, then the values that the block takes, in order. */
class BlockFit {
  /** Units that the block's end depends on. */
  readonly trained: readonly FrozenUnit[];
  /** Values that the block takes from before. */
  readonly #taken: readonly string[];
  readonly #steps: ReadonlyMap<string, tf.Tensor>;
  /** Mean square of the tap: losses are relative to it. */
  #power = 1;

  private constructor(
    private readonly units: readonly FrozenUnit[],
    private readonly context: BlockContext,
    private readonly settings: FitSettings,
  ) {
    const { block, plan, training } = context;
    const { nodes, taken } = valuesTaken({ ...plan, outputs: [block.end.name] }, training.liveNames);
    const names = new Set(nodes.map(({ name }) => name));
    this.trained = units.filter(({ plan: { name } }) => names.has(name));
    this.#taken = taken;
    this.#steps = new Map(taken.map((name) => [name, tf.scalar(fromDyadic(training.gridOf(name).scale))]));
  }

  static async open(
    units: readonly FrozenUnit[],
    context: BlockContext,
    settings: FitSettings,
  ): Promise<BlockFit> {
    const fit = new BlockFit(units, context, settings);
    const power = await fit.#overValidation(([tap]) => tf.mean(tf.square(tap)));
    fit.#power = Math.max(1e-12, power);
    return fit;
  }

  /** The block's layers, for rules. */
  ruledLayers(): RuledLayer[] {
    const given = new Map(this.#taken.map((name) => [name, this.#gridOf(name)]));
    return ruledLayers(this.context.plan, this.trained, this.units, given);
  }

  /** A batch whose inputs come from the teacher in part. */
  trainingBatch(indices: Int32Array, step: number): tf.Tensor[] {
    const { training, seed, plan, block } = this.context;
    const [tap, ...student] = this.#batch(training, indices);
    const { teacherInputs } = this.settings;
    if (teacherInputs === 0) return [tap, ...student];
    const clean = training.teacherValues(
      indices,
      this.#taken.map((name) => tapOf(plan, name)),
    );
    const mixed = student.map((value, i) =>
      mixInputs(value, clean[i], teacherInputs, {
        seed,
        purpose: `${block.end.name}/fitBlocks/${this.#taken[i]}`,
        step,
      }),
    );
    tf.dispose([...student, ...clean]);
    return [tap, ...mixed];
  }

  loss(tensors: ParameterTensors, [tap, ...values]: readonly tf.Tensor[]): tf.Scalar {
    const { block, plan } = this.context;
    const start = values.map((value, i): [string, SimulatedValue] => [
      this.#taken[i],
      { value, grid: this.#gridOf(this.#taken[i]) },
    ]);
    const forward = simulateUnits(this.trained, tensors);
    const [{ value }] = forwardPlan({ ...plan, outputs: [block.end.name] }, new Map(start), forward);
    return tf.div<tf.Scalar>(tf.mean(tf.squaredDifference(value, tap)), this.#power);
  }

  validate(tensors: ParameterTensors): Promise<number> {
    return this.#overValidation((batch) => this.loss(tensors, batch));
  }

  close(): void {
    tf.dispose([...this.#steps.values()]);
  }

  #gridOf(name: string): NonNullable<SimulatedValue['grid']> {
    const { quantMin, quantMax, zeroPoint } = this.context.training.gridOf(name).tensor;
    const step = this.#steps.get(name);
    if (step === undefined) throw new RangeError(`the block does not take "${name}"`);
    return { step, min: quantMin - zeroPoint, max: quantMax - zeroPoint };
  }

  #batch(feed: LayerFeed, indices: ArrayLike<number>): tf.Tensor[] {
    return [
      ...feed.teacherValues(indices, [this.context.block.end.tap]),
      ...this.#taken.map((name) => feed.studentValue(name, indices)),
    ];
  }

  #overValidation(loss: (batch: readonly tf.Tensor[]) => tf.Scalar): Promise<number> {
    const { validation, batchSize, signal } = this.context;
    const total = Math.min(this.settings.validationImages, validation.count);
    return meanOverImages({ total, batchSize, signal }, (indices) => this.#batch(validation, indices), loss);
  }
}
