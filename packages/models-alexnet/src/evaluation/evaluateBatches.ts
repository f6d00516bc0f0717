import { throwIfIssues } from '@bnfree/core';
import { type ImageDataset, imageBytes } from '../cifar10/imageDataset.js';
import { checkOptions, expectThat, integer, optional } from '../options/checkOptions.js';
import type { EvaluationOptions, Top1 } from './top1.js';

/** Class scores of a batch, `[count, classes]`. Logits or probabilities: only their order matters. */
export type BatchScores = (images: Uint8Array, count: number) => Promise<ArrayLike<number>>;

/**
 * Counts the images whose largest score is that of their label; ties go to the lower class.
 *
 * Throws INVALID_OPTION, UNKNOWN_OPTION, and the signal's reason between two batches.
 */
export async function evaluateBatches(
  dataset: ImageDataset,
  scores: BatchScores,
  options: EvaluationOptions,
): Promise<Top1> {
  throwIfIssues(checkOptions(options, evaluationOptionChecks));
  const { batchSize = 100, onProgress, signal } = options;
  const size = imageBytes(dataset);
  let correct = 0;
  let durationMs = 0;
  for (let first = 0; first < dataset.count; first += batchSize) {
    // Neither tfjs nor the integer kernels wait for anything: without this no signal could come in.
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    const count = Math.min(batchSize, dataset.count - first);
    const started = performance.now();
    const values = await scores(dataset.images.subarray(first * size, (first + count) * size), count);
    durationMs += performance.now() - started;
    correct += countCorrect(values, dataset.labels.subarray(first, first + count));
    onProgress?.(first + count, dataset.count);
  }
  const percent = (100 * correct) / dataset.count;
  return {
    correct,
    count: dataset.count,
    percent,
    durationMs,
    imagesPerSecond: (1000 * dataset.count) / durationMs,
  };
}

function countCorrect(scores: ArrayLike<number>, labels: Uint8Array): number {
  const classes = scores.length / labels.length;
  return labels.reduce(
    (correct, label, i) => correct + Number(largestOf(scores, i * classes, classes) === label),
    0,
  );
}

function largestOf(scores: ArrayLike<number>, start: number, classes: number): number {
  let best = 0;
  for (let i = 1; i < classes; i += 1) if (scores[start + i] > scores[start + best]) best = i;
  return best;
}

const evaluationOptionChecks = {
  batchSize: optional(integer(1, 10_000)),
  onProgress: optional(
    expectThat((value) => typeof value === 'function', 'a function', 'write onProgress: (done, count) => {}'),
  ),
  signal: optional(
    expectThat(
      (value) => value instanceof AbortSignal,
      'an AbortSignal',
      'pass the signal of a new AbortController()',
    ),
  ),
};
