import * as tf from '@tensorflow/tfjs-core';
import type { PlannedInput, StudentPlan } from '../plan/studentPlan.js';
import { gatherRows } from './imageIndices.js';

type Rows = Uint8Array;

/**
 * Stored bytes of every input of a plan, by name, image by image.
 *
 * A pool holds the inputs of an image one after another; for a single input these are the pool's own bytes.
 */
export function inputRows({ inputs }: StudentPlan, images: Rows): Map<string, Rows> {
  if (inputs.length === 1) return new Map([[inputs[0].name, images]]);
  const sizes = inputs.map(inputSize);
  const total = sizes.reduce((a, b) => a + b, 0);
  const count = images.length / total;
  let from = 0;
  return new Map(
    inputs.map(({ name }, input) => {
      const rows = new Uint8Array(count * sizes[input]);
      for (let image = 0; image < count; image += 1) {
        const start = image * total + from;
        rows.set(images.subarray(start, start + sizes[input]), image * sizes[input]);
      }
      from += sizes[input];
      return [name, rows];
    }),
  );
}

/** Inputs by name in the form that a model takes: alone where there is one. */
export function modelInputs<Values>(inputs: ReadonlyMap<string, Values>): Values | Record<string, Values> {
  const [first, ...rest] = inputs.values();
  return rest.length === 0 ? first : Object.fromEntries(inputs);
}

/** The inputs of some images as the teacher takes them, by name: `(pixel - zeroPoint) * scale`. The caller disposes them. */
export function realInputs(
  plan: StudentPlan,
  images: Rows,
  indices: ArrayLike<number>,
): Map<string, tf.Tensor> {
  const total = plan.inputs.reduce((sum, input) => sum + inputSize(input), 0);
  const stored = gatherRows(images, indices, total);
  let from = 0;
  return new Map(
    plan.inputs.map((input) => {
      const real = realValues(input, stored, { from, total, count: indices.length });
      from += inputSize(input);
      return [input.name, real];
    }),
  );
}

function realValues(
  input: PlannedInput,
  stored: Float32Array,
  { from, total, count }: { from: number; total: number; count: number },
): tf.Tensor {
  const size = inputSize(input);
  const scale = input.scale.numerator / input.scale.denominator;
  const real = new Float32Array(count * size);
  for (let image = 0; image < count; image += 1) {
    for (let i = 0; i < size; i += 1) {
      real[image * size + i] = (stored[image * total + from + i] - input.zeroPoint) * scale;
    }
  }
  return tf.tensor(real, [count, ...input.shape], 'float32');
}

/** Bytes of an input in one image. */
export function inputSize({ shape }: PlannedInput): number {
  return shape.reduce((a, b) => a * b, 1);
}
