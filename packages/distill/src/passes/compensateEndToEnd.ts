import { unknownKeys } from '@bnfree/integer-kernels';
import { throwIfIssues, type Issue } from '@bnfree/core';
import { createBatches } from '../data/batches.js';
import { optimize } from '../training/optimize.js';
import { ruledLayers } from '../training/ruledLayer.js';
import { SimulatedStudent } from '../training/simulatedStudent.js';
import { trainableUnits } from '../training/unitsUnderTraining.js';
import { freezeBetter, startWithinLimit } from './freezeBetter.js';
import type { ModelPass } from './modelPass.js';
import { nameIssues, shareIssues, weightIssues } from './rangeIssues.js';
import {
  idleIssue,
  movingRules,
  resolveRules,
  ruleIssues,
  ruleKeys,
  rulesOf,
  uselessRuleIssues,
  type TrainingRuleOptions,
} from './trainingRules.js';

export interface CompensateEndToEndOptions extends TrainingRuleOptions {
  /** Steps of Adam; 0 leaves the model as it is, but for a bound on its accumulators. */
  readonly steps: number;
  /** Relative to the root mean square of each kernel; 5e-4 by default. */
  readonly learningRate?: number;
  /** Of the logarithms of the steps; 2e-4 by default. */
  readonly stepLearningRate?: number;
  readonly validateEvery?: number;
  readonly validationImages?: number;
  /** Weight of the labels' cross entropy beside the teacher's; needs labels. 0 by default. */
  readonly labelWeight?: number;
  /**
   * Weight of the layers' own taps beside the outputs, at the first step: each unit's squared error over its tap's mean square, summed
   * over the units. It falls to zero evenly over the steps, so that the layer-wise targets lead at first and the classes decide (hints:
   * Romero et al. 2015, FitNets, arXiv 1412.6550). What is kept is judged by the outputs alone. 0 by default.
   */
  readonly tapWeight?: number;
  /** Decay of a running mean of all parameters, which is then what is judged and kept. None by default. */
  readonly averageDecay?: number;
  /** What is trained: everything, or the grids and biases alone, which leaves the integer weights as they are. `all` by default. */
  readonly train?: 'all' | 'gridsAndBiases';
}

export const compensateKeys = [
  'steps',
  'learningRate',
  'stepLearningRate',
  'validateEvery',
  'validationImages',
  'labelWeight',
  'tapWeight',
  'averageDecay',
  'train',
  ...ruleKeys,
] as const satisfies (keyof CompensateEndToEndOptions)[];

/**
 * Trains all layers together, each simulated as the integers compute it, towards the teacher's classes at temperature 1,
 * and freezes them again. Starts from the layers' float shadows; the best on held-out images is kept, so that it never
 * gives back a worse model by that measure.
 */
export function compensateEndToEnd(options: CompensateEndToEndOptions): ModelPass {
  const settings = {
    steps: options.steps,
    learningRate: options.learningRate ?? 5e-4,
    stepLearningRate: options.stepLearningRate ?? 2e-4,
    validateEvery: options.validateEvery ?? 25,
    validationImages: options.validationImages ?? 512,
    labelWeight: options.labelWeight ?? 0,
    ...(options.tapWeight === undefined ? {} : { tapWeight: options.tapWeight }),
    averageDecay: options.averageDecay ?? null,
    train: options.train ?? 'all',
    ...resolveRules(options),
  };
  const { steps, learningRate, stepLearningRate, validateEvery, validationImages } = settings;
  const { averageDecay, train, labelWeight, tapWeight = 0 } = settings;
  throwIfIssues([
    ...unknownKeys(options, compensateKeys, 'compensateEndToEnd', 'UNKNOWN_OPTION'),
    ...ruleIssues(options, steps),
    ...shareIssues('averageDecay', averageDecay ?? 0),
    ...weightIssues('tapWeight', tapWeight),
    ...(tapWeight > 0 && steps === 0 ? [idleIssue('tapWeight')] : []),
    ...nameIssues('train', train, ['all', 'gridsAndBiases']),
    ...(train === 'gridsAndBiases' ? stillWeightIssues(options) : []),
  ]);
  return {
    name: 'compensateEndToEnd',
    settings: JSON.stringify(settings),
    async run(given, context) {
      if (steps === 0 && settings.accumulatorBits === undefined) return given;
      throwIfIssues(uselessRuleIssues(context.plan, settings));
      const names = new Set(given.map((unit) => unit.plan.name));
      const units = startWithinLimit(context.plan, given, settings, names);
      const student = new SimulatedStudent(units, context, { labelWeight, tapWeight });
      try {
        const { batchSize, training, seed, plan, signal } = context;
        const batches = createBatches({
          pool: training,
          batchSize: Math.min(batchSize, training.count),
          seed,
          purpose: 'compensateEndToEnd',
          augmentation: context.augmentation,
          fillValue: plan.inputs[0].zeroPoint,
        });
        const optimum = await optimize({
          parameters: trainableUnits(units, { weights: learningRate, steps: stepLearningRate }).map(
            (parameter) =>
              train === 'all' || !movesWeights(parameter.name)
                ? parameter
                : { ...parameter, learningRate: 0 },
          ),
          ...(averageDecay === null ? {} : { averageDecay }),
          ...rulesOf(ruledLayers(plan, units), settings),
          steps,
          warmUpSteps: Math.min(50, Math.floor(steps / 5)),
          batch: (step) => Promise.resolve(student.batch(batches.batch(step), true)),
          loss: (tensors, batch, share) => student.trainingLoss(tensors, batch, share),
          validate: (tensors) => student.heldOutLoss(tensors, validationImages),
          validateEvery,
          onStep: (step, loss) => {
            context.emit({
              type: 'step',
              layer: plan.name,
              pass: 'compensateEndToEnd',
              step: step + 1,
              steps,
              loss,
            });
          },
          signal,
          progress: context.progress('compensateEndToEnd'),
        });
        return freezeBetter(plan, units, optimum, settings, names);
      } finally {
        student.close();
      }
    },
  };
}

/** Rules that would have nothing to do where integer weights stand still. */
function stillWeightIssues(options: CompensateEndToEndOptions): Issue[] {
  return movingRules(options).map((path) => ({
    code: 'CONFLICTING_OPTIONS',
    path,
    message: "got it beside train: 'gridsAndBiases', which leaves no weight to move",
    fix: "train: 'all'",
  }));
}

/** Whether a parameter decides which integer a weight is: its value, or the step that it is measured in. */
function movesWeights(name: string): boolean {
  return name.endsWith('/kernel') || name.endsWith('/logWeightStep');
}
