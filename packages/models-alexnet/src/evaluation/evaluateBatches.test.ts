import { describe, expect, test } from '@jest/globals';
import type { ImageDataset } from '../cifar10/imageDataset.js';
import { type BatchScores, evaluateBatches } from './evaluateBatches.js';

// One-byte images: image i is the byte i, its label is i % 3.
const dataset: ImageDataset = {
  count: 7,
  shape: [1, 1, 1],
  images: Uint8Array.from([0, 1, 2, 3, 4, 5, 6]),
  labels: Uint8Array.from([0, 1, 2, 0, 1, 2, 0]),
};

function scoresOf(row: (image: number) => readonly number[]): BatchScores {
  return (images) => Promise.resolve(Array.from(images).flatMap((image) => [...row(image)]));
}

const oneHot = (hot: number): number[] => [0, 1, 2].map((i) => Number(i === hot));

describe('evaluateBatches', () => {
  test('counts the labels that have the largest score, also in a ragged last batch', async () => {
    const scores = scoresOf((image) => oneHot(image === 5 ? 0 : image % 3));
    for (const batchSize of [1, 3, 7, 100]) {
      const { correct, count, percent } = await evaluateBatches(dataset, scores, { batchSize });
      expect({ correct, count, percent }).toEqual({ correct: 6, count: 7, percent: 600 / 7 });
    }
  });

  test('gives ties to the lower class', async () => {
    expect(
      (
        await evaluateBatches(
          dataset,
          scoresOf(() => [5, 5, 5]),
          {},
        )
      ).correct,
    ).toBe(3);
    expect(
      (
        await evaluateBatches(
          dataset,
          scoresOf(() => [-9, -4, -4]),
          {},
        )
      ).correct,
    ).toBe(2);
  });

  test('reports progress after each batch', async () => {
    const seen: string[] = [];
    const onProgress = (done: number, count: number): void => void seen.push(`${done}/${count}`);
    await evaluateBatches(
      dataset,
      scoresOf(() => oneHot(0)),
      { batchSize: 3, onProgress },
    );
    expect(seen).toEqual(['3/7', '6/7', '7/7']);
  });

  test('ends between two batches with the reason of the signal', async () => {
    const controller = new AbortController();
    let calls = 0;
    const scores: BatchScores = (images) => {
      calls += 1;
      controller.abort(new Error('enough'));
      return Promise.resolve(new Int32Array(3 * images.length));
    };
    const run = evaluateBatches(dataset, scores, { batchSize: 2, signal: controller.signal });
    await expect(run).rejects.toThrow('enough');
    expect(calls).toBe(1);
  });

  test('reports all bad options at once', async () => {
    const options = { batchSize: 0, signal: true, bathSize: 4 } as unknown as { batchSize: number };
    const run = evaluateBatches(
      dataset,
      scoresOf(() => oneHot(0)),
      options,
    );
    await expect(run).rejects.toThrow(/batchSize[\s\S]*signal[\s\S]*did you mean batchSize\?/);
  });
});
