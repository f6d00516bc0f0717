import type * as tf from '@tensorflow/tfjs-core';
import { chunksOf, range } from './imageIndices.js';
import { severalLooks, type Looks } from './severalLooks.js';
import { sizeOf, type ValueBudget } from './valueBudget.js';
import { yieldToEventLoop } from './yieldToEventLoop.js';

/** Which images' values are read, and how. */
export interface ReadingPlan {
  /** Of one image's value. */
  readonly shape: readonly number[];
  /** Images, from the first on. */
  readonly count: number;
  readonly atOnce: number;
  readonly budget: ValueBudget;
  readonly signal: AbortSignal | undefined;
}

/** Values of images on the host, chunk by chunk, to be looked at several times. `evaluate` makes tensors that are disposed here. */
export function readInChunks(
  { shape, count, atOnce, budget, signal }: ReadingPlan,
  evaluate: (indices: Int32Array) => tf.Tensor,
): Promise<Looks<Float32Array>> {
  const read = async function* (): AsyncGenerator<Float32Array> {
    for (const { start, end } of chunksOf(count, atOnce)) {
      signal?.throwIfAborted();
      const values = evaluate(range(start, end));
      const chunk = (await values.data()) as Float32Array;
      values.dispose();
      yield chunk;
      await yieldToEventLoop();
    }
  };
  return severalLooks(read, 4 * count * sizeOf(shape), budget.looked);
}
