import * as tf from '@tensorflow/tfjs-core';
import type { ImageBatch, ImagePool } from '../data/imagePool.js';
import { slicePool } from '../data/splitPool.js';
import type { FrozenUnit } from '../layers/stages.js';
import type { ModelContext } from '../passes/modelPass.js';
import { outputTaps } from '../plan/outputTaps.js';
import type { PlannedUnit } from '../plan/studentPlan.js';
import { labelLoss } from './distillationLoss.js';
import { computedValues, outputsAmong, type SimulatedValue } from './forwardPlan.js';
import { range } from './imageIndices.js';
import { meanOverImages } from './meanOverImages.js';
import type { ParameterTensors } from './optimize.js';
import { outputLoss, relativeError } from './outputLoss.js';
import { realInputs } from './realInputs.js';
import { simulateUnits, trainableUnits } from './unitsUnderTraining.js';

/** What is asked of the student beside the teacher's outputs. */
export interface StudentLoss {
  /** Weight of the labels' cross entropy. */
  readonly labelWeight: number;
  /** Weight of the taps of the units within, which falls to zero over the steps. */
  readonly tapWeight: number;
}

/**
 * The whole student in float, every layer on its grid.
 * A batch is all inputs, the teacher's outputs, maybe the taps of the units within, and maybe labels.
 */
export class SimulatedStudent {
  /** What a step of each input is worth, in order. */
  readonly #inputScales: readonly tf.Tensor[];
  /** Units whose values are none of the outputs. */
  readonly #within: readonly PlannedUnit[];

  constructor(
    private readonly units: readonly FrozenUnit[],
    private readonly context: Pick<ModelContext, 'plan' | 'teacher' | 'validation' | 'batchSize' | 'signal'>,
    private readonly weights: StudentLoss,
  ) {
    this.#inputScales = context.plan.inputs.map(({ scale }) =>
      tf.scalar(scale.numerator / scale.denominator),
    );
    this.#within = units.map(({ plan }) => plan).filter(({ name }) => !context.plan.outputs.includes(name));
  }

  /** What a loss takes of some images: of training, or of what judges it. */
  batch({ images, count, labels }: ImageBatch, isTraining: boolean): tf.Tensor[] {
    const { plan, teacher } = this.context;
    const inputs = realInputs(plan, images, range(0, count));
    const taps = [...outputTaps(plan), ...(isTraining ? this.#tapsWithin() : [])];
    const values = teacher.evaluate(inputs, taps);
    const tensors = [...inputs.values(), ...taps.map((tap) => values.get(tap) as tf.Tensor)];
    return this.weights.labelWeight > 0 && labels !== null
      ? [...tensors, tf.tensor1d(labels, 'int32')]
      : tensors;
  }

  #tapsWithin(): string[] {
    return this.weights.tapWeight > 0 ? this.#within.map(({ tap }) => tap) : [];
  }

  /** Of a batch for training; `share` of the steps were made. */
  trainingLoss(tensors: ParameterTensors, batch: readonly tf.Tensor[], share: number): tf.Scalar {
    return this.#loss(tensors, batch, this.#tapsWithin().length, this.weights.tapWeight * (1 - share));
  }

  #loss(
    tensors: ParameterTensors,
    batch: readonly tf.Tensor[],
    tapCount: number,
    tapWeight: number,
  ): tf.Scalar {
    const { plan } = this.context;
    const outputEnd = plan.inputs.length + plan.outputs.length;
    const tapEnd = outputEnd + tapCount;
    const wanted = batch.slice(plan.inputs.length, outputEnd);
    const taps = batch.slice(outputEnd, tapEnd);
    const labels = batch.at(tapEnd) as tf.Tensor1D | undefined;
    const start = plan.inputs.map(({ name, zeroPoint }, i): [string, SimulatedValue] => [
      name,
      { value: batch[i], grid: { step: this.#inputScales[i], min: -zeroPoint, max: 255 - zeroPoint } },
    ]);
    const forward = simulateUnits(this.units, tensors);
    const values = computedValues(plan, new Map(start), forward);
    const outputs = outputsAmong(plan, values).map(({ value }) => value);
    const parts = [outputLoss(plan, outputs, wanted)];
    for (const [i, tap] of taps.entries()) {
      const { value } = values.get(this.#within[i].name) as SimulatedValue;
      parts.push(tf.mul(relativeError(value, tap), tapWeight));
    }
    if (labels !== undefined) parts.push(tf.mul(labelLoss(outputs[0], labels), this.weights.labelWeight));
    return parts.reduce((sum, part) => tf.add<tf.Scalar>(sum, part));
  }

  /** Mean loss over the first held-out images. */
  heldOutLoss(tensors: ParameterTensors, images: number): Promise<number> {
    const { validation, batchSize, signal } = this.context;
    const part = (indices: Int32Array): ImagePool =>
      slicePool(validation, indices[0], indices[0] + indices.length);
    return meanOverImages(
      { total: Math.min(images, validation.count), batchSize, signal },
      (indices) => this.batch(part(indices), false),
      (batch) => this.#loss(tensors, batch, 0, 0),
    );
  }

  /** The same of the units as they are. */
  async ownLoss(images: number): Promise<number> {
    const parameters = trainableUnits(this.units, { weights: 0, steps: 0 });
    const tensors = Object.fromEntries(
      parameters.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape], 'float32')]),
    );
    const loss = await this.heldOutLoss(tensors, images);
    tf.dispose(tensors);
    return loss;
  }

  close(): void {
    tf.dispose([...this.#inputScales]);
  }
}
