import { unknownKeys } from '@bnfree/integer-kernels';
import * as tf from '@tensorflow/tfjs-core';
import { throwIfIssues, type Issue } from '@bnfree/core';
import { createBatches } from '../data/batches.js';
import type { ImageBatch } from '../data/imagePool.js';
import { slicePool } from '../data/splitPool.js';
import type { FrozenUnit } from '../layers/stages.js';
import { outputTaps } from '../plan/outputTaps.js';
import { labelLoss } from '../training/distillationLoss.js';
import { forwardPlan, type SimulatedValue } from '../training/forwardPlan.js';
import { range } from '../training/imageIndices.js';
import { meanOverImages } from '../training/meanOverImages.js';
import { optimize, type ParameterTensors } from '../training/optimize.js';
import { outputLoss } from '../training/outputLoss.js';
import { realInputs } from '../training/realInputs.js';
import { ruledLayers } from '../training/ruledLayer.js';
import { freezeTrained, simulateUnits, trainableUnits } from '../training/unitsUnderTraining.js';
import type { ModelContext, ModelPass } from './modelPass.js';
import { nameIssues, shareIssues } from './rangeIssues.js';
import { resolveRules, ruleIssues, ruleKeys, rulesOf, type TrainingRuleOptions } from './trainingRules.js';

export interface CompensateEndToEndOptions extends TrainingRuleOptions {
  /** Steps of Adam; 0 leaves the model as it is. */
  readonly steps: number;
  /** Relative to the root mean square of each kernel; 5e-4 by default. */
  readonly learningRate?: number;
  /** Of the logarithms of the steps; 2e-4 by default. */
  readonly stepLearningRate?: number;
  readonly validateEvery?: number;
  readonly validationImages?: number;
  /** Weight of the labels' cross entropy beside the teacher's; needs labels. 0 by default. */
  readonly labelWeight?: number;
  /** Decay of a running mean of all parameters, which is then what is judged and kept. None by default. */
  readonly averageDecay?: number;
  /** What is trained: everything, or the grids and biases alone, which leaves the integer weights as they are. `all` by default. */
  readonly train?: 'all' | 'gridsAndBiases';
}

const keys = [
  'steps',
  'learningRate',
  'stepLearningRate',
  'validateEvery',
  'validationImages',
  'labelWeight',
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
    averageDecay: options.averageDecay ?? null,
    train: options.train ?? 'all',
    ...resolveRules(options),
  };
  const { steps, learningRate, stepLearningRate, validateEvery, validationImages, labelWeight } = settings;
  const { averageDecay, train } = settings;
  throwIfIssues([
    ...unknownKeys(options, keys, 'compensateEndToEnd', 'UNKNOWN_OPTION'),
    ...ruleIssues(options),
    ...shareIssues('averageDecay', averageDecay ?? 0),
    ...nameIssues('train', train, ['all', 'gridsAndBiases']),
    ...(train === 'gridsAndBiases' ? stillWeightIssues(options) : []),
  ]);
  return {
    name: 'compensateEndToEnd',
    settings: JSON.stringify(settings),
    async run(units, context) {
      if (steps === 0) return units;
      const student = new SimulatedStudent(units, context, labelWeight);
      try {
        const { batchSize, training, validation, seed, plan, signal } = context;
        const batches = createBatches({
          pool: training,
          batchSize: Math.min(batchSize, training.count),
          seed,
          purpose: 'compensateEndToEnd',
          augmentation: context.augmentation,
          fillValue: plan.inputs[0].zeroPoint,
        });
        const total = Math.min(validationImages, validation.count);
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
          batch: (step) => Promise.resolve(student.batch(batches.batch(step))),
          loss: (tensors, batch) => student.loss(tensors, batch),
          validate: (tensors) =>
            meanOverImages(
              { total, batchSize, signal },
              (indices) => student.batch(slicePool(validation, indices[0], indices[0] + indices.length)),
              (batch) => student.loss(tensors, batch),
            ),
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
        return optimum.lossAfter < optimum.lossBefore
          ? freezeTrained(plan, units, optimum.parameters)
          : units;
      } finally {
        student.close();
      }
    },
  };
}

/** Rules that would have nothing to do where integer weights stand still. */
function stillWeightIssues(options: CompensateEndToEndOptions): Issue[] {
  return ruleKeys
    .filter((key) => options[key] !== undefined)
    .map((key) => ({
      code: 'CONFLICTING_OPTIONS',
      path: key,
      message: "got it beside train: 'gridsAndBiases', which leaves no weight to move",
      fix: "train: 'all'",
    }));
}

/** Whether a parameter decides which integer a weight is: its value, or the step that it is measured in. */
function movesWeights(name: string): boolean {
  return name.endsWith('/kernel') || name.endsWith('/logWeightStep');
}

/** The whole student in float, every layer on its grid. A batch is all inputs, the teacher's outputs and maybe labels. */
class SimulatedStudent {
  /** What a step of each input is worth, in order. */
  readonly #inputScales: readonly tf.Tensor[];

  constructor(
    private readonly units: readonly FrozenUnit[],
    private readonly context: ModelContext,
    private readonly labelWeight: number,
  ) {
    this.#inputScales = context.plan.inputs.map(({ scale }) =>
      tf.scalar(scale.numerator / scale.denominator),
    );
  }

  batch({ images, count, labels }: ImageBatch): tf.Tensor[] {
    const { plan, teacher } = this.context;
    const inputs = realInputs(plan, images, range(0, count));
    const taps = outputTaps(plan);
    const values = teacher.evaluate(inputs, taps);
    const tensors = [...inputs.values(), ...taps.map((tap) => values.get(tap) as tf.Tensor)];
    return this.labelWeight > 0 && labels !== null ? [...tensors, tf.tensor1d(labels, 'int32')] : tensors;
  }

  loss(tensors: ParameterTensors, batch: readonly tf.Tensor[]): tf.Scalar {
    const { plan } = this.context;
    const end = plan.inputs.length + plan.outputs.length;
    const wanted = batch.slice(plan.inputs.length, end);
    const labels = batch.at(end) as tf.Tensor1D | undefined;
    const start = plan.inputs.map(({ name, zeroPoint }, i): [string, SimulatedValue] => [
      name,
      { value: batch[i], grid: { step: this.#inputScales[i], min: -zeroPoint, max: 255 - zeroPoint } },
    ]);
    const forward = simulateUnits(this.units, tensors);
    const outputs = forwardPlan(plan, new Map(start), forward).map(({ value }) => value);
    const distillation = outputLoss(plan, outputs, wanted);
    if (labels === undefined) return distillation;
    return tf.add<tf.Scalar>(distillation, tf.mul(labelLoss(outputs[0], labels), this.labelWeight));
  }

  close(): void {
    tf.dispose([...this.#inputScales]);
  }
}
