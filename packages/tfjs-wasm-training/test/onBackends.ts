import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// tfjs-core has no gradients in Node; this registers them. The built package brings its own.
import '@tensorflow/tfjs-layers';

tf.env().set('IS_TEST', true);

export interface Values {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** Runs a computation on one backend and reads its tensors. */
export async function runOn(backend: 'cpu' | 'wasm', compute: () => tf.Tensor[]): Promise<Values[]> {
  await tf.setBackend(backend);
  const tensors = tf.tidy(compute);
  const read = tensors.map((tensor) => ({
    shape: tensor.shape,
    values: tensor.dataSync<'float32'>().slice(),
  }));
  tf.dispose(tensors);
  return read;
}

/** The largest difference on the two backends, relative to the largest value of each tensor on cpu. */
export async function relativeDifference(compute: () => tf.Tensor[]): Promise<number> {
  const expected = await runOn('cpu', compute);
  return largestDifference(expected, await runOn('wasm', compute));
}

/** The largest difference, relative to the largest expected value; infinite for other shapes or NaN. */
export function largestDifference(expected: readonly Values[], got: readonly Values[]): number {
  return Math.max(
    ...expected.map(({ shape, values }, index) => {
      const other = got[index];
      if (other.shape.join() !== shape.join()) return Infinity;
      const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-30);
      return values.reduce((largest, value, i) => {
        const difference = Math.abs(value - (other.values[i] ?? NaN)) / scale;
        return Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
      }, 0);
    }),
  );
}

/** What float32 sums in another order may differ by. */
export const tolerance = 2e-5;

/** The same numbers between -1 and 1 for the same seed, shape [..]. */
export function noise(shape: number[], seed: number): tf.Tensor {
  let state = (seed * 2654435761) | 0;
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
  return tf.tensor(values, shape);
}
