import * as tf from '@tensorflow/tfjs-core';
import type { ImageBatch, ImagePool } from '../data/imagePool.js';
import { slicePool } from '../data/splitPool.js';
import type { FrozenUnit } from '../layers/stages.js';
import type { ModelContext } from '../passes/modelPass.js';
import { outputTaps } from '../plan/outputTaps.js';
import { labelLoss } from './distillationLoss.js';
import { forwardPlan, type SimulatedValue } from './forwardPlan.js';
import { range } from './imageIndices.js';
import { meanOverImages } from './meanOverImages.js';
import type { ParameterTensors } from './optimize.js';
import { outputLoss } from './outputLoss.js';
import { realInputs } from './realInputs.js';
import { simulateUnits, trainableUnits } from './unitsUnderTraining.js';

/** The whole student in float, every layer on its grid. A batch is all inputs, the teacher's outputs and maybe labels. */
export class SimulatedStudent {
  /** What a step of each input is worth, in order. */
  readonly #inputScales: readonly tf.Tensor[];

  constructor(
    private readonly units: readonly FrozenUnit[],
    private readonly context: Pick<ModelContext, 'plan' | 'teacher' | 'validation' | 'batchSize' | 'signal'>,
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

  /** Mean loss over the first held-out images. */
  heldOutLoss(tensors: ParameterTensors, images: number): Promise<number> {
    const { validation, batchSize, signal } = this.context;
    const part = (indices: Int32Array): ImagePool =>
      slicePool(validation, indices[0], indices[0] + indices.length);
    return meanOverImages(
      { total: Math.min(images, validation.count), batchSize, signal },
      (indices) => this.batch(part(indices)),
      (batch) => this.loss(tensors, batch),
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
