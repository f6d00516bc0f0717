import * as tf from '@tensorflow/tfjs-core';
import { range } from './imageIndices.js';
import { yieldToEventLoop } from './yieldToEventLoop.js';

export interface ImageRange {
  /** Images 0 .. total - 1. */
  readonly total: number;
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

/** Mean of a per-batch scalar over the first `total` images. The batch's tensors are disposed. */
export async function meanOverImages(
  { total, batchSize, signal }: ImageRange,
  batch: (indices: Int32Array) => tf.Tensor[],
  loss: (batch: readonly tf.Tensor[]) => tf.Scalar,
): Promise<number> {
  let sum = 0;
  for (let start = 0; start < total; start += batchSize) {
    signal?.throwIfAborted();
    const indices = range(start, Math.min(total, start + batchSize));
    const tensors = batch(indices);
    const value = tf.tidy(() => loss(tensors));
    sum += (await value.data())[0] * indices.length;
    tf.dispose([value, ...tensors]);
    await yieldToEventLoop();
  }
  return sum / total;
}
