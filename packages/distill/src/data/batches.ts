import { unknownKeys } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import { throwIfIssues } from '@bnfree/core';
import { randomStream } from '../random/randomStream.js';
import { augmentBatch, type Augmentation, checkAugmentation } from './augmentation.js';
import { batchOrder } from './batchOrder.js';
import type { ImageBatch, ImagePool } from './imagePool.js';

export interface BatchesOptions {
  readonly pool: ImagePool;
  readonly batchSize: number;
  readonly seed: number;
  /** Names the order, so that two passes see different ones: `conv1/fit`. */
  readonly purpose: string;
  /** None by default. */
  readonly augmentation?: Augmentation;
  /** The stored pixel that stands for zero; fills what a shift uncovers. 0..255, 0 by default. */
  readonly fillValue?: number;
}

/** Training batches by step number, in any order of asking. */
export interface Batches {
  readonly batchSize: number;
  /** Steps that show every image once, rounded up. */
  readonly stepsPerEpoch: number;
  /** The batch of a step, from 0; the same whatever was asked before. */
  batch(step: number): ImageBatch;
  /** Positions in the pool of a step's images. */
  indices(step: number): Int32Array;
}

const optionNames = [
  'pool',
  'batchSize',
  'seed',
  'purpose',
  'augmentation',
  'fillValue',
] satisfies (keyof BatchesOptions)[];

/**
 * Cuts a pool into shuffled batches that a step number addresses.
 *
 * The order is that of `batchOrder`; the augmentation of a step draws from
 * `randomStream(seed, purpose, 'augment', step)`.
 *
 * @throws BnfreeError UNKNOWN_OPTION, BATCH_OPTION, AUGMENTATION, SEED_RANGE
 */
export function createBatches(options: BatchesOptions): Batches {
  throwIfIssues(checkOptions(options));
  const { pool, batchSize, seed, purpose, augmentation = {}, fillValue = 0 } = options;
  const imageSize = pool.images.length / pool.count;
  const indices = batchOrder({ count: pool.count, batchSize, seed, purpose });
  return {
    batchSize,
    stepsPerEpoch: Math.ceil(pool.count / batchSize),
    indices,
    batch(step) {
      const picked = pickBatch(pool, indices(step), imageSize);
      return augmentBatch(
        picked,
        pool.shape,
        augmentation,
        fillValue,
        randomStream(seed, purpose, 'augment', step),
      );
    },
  };
}

function checkOptions(options: BatchesOptions): Issue[] {
  const { pool, batchSize, augmentation = {}, fillValue = 0 } = options;
  const issues = unknownKeys(options, optionNames, 'createBatches', 'UNKNOWN_OPTION');
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    issues.push({
      code: 'BATCH_OPTION',
      path: 'createBatches.batchSize',
      message: `got ${batchSize}, expected a whole number from 1`,
      fix: 'batchSize: 64',
    });
  }
  if (!Number.isInteger(fillValue) || fillValue < 0 || fillValue > 255) {
    issues.push({
      code: 'BATCH_OPTION',
      path: 'createBatches.fillValue',
      message: `got ${fillValue}, expected a stored pixel from 0 to 255`,
      fix: 'fillValue: plan.inputs[0].zeroPoint',
    });
  }
  return [...issues, ...checkAugmentation(augmentation, pool.shape)];
}

function pickBatch(pool: ImagePool, indices: Int32Array, imageSize: number): ImageBatch {
  const images = new Uint8Array(indices.length * imageSize);
  indices.forEach((from, to) => {
    images.set(pool.images.subarray(from * imageSize, (from + 1) * imageSize), to * imageSize);
  });
  const { labels } = pool;
  return {
    count: indices.length,
    images,
    labels: labels ? indices.map((index) => labels[index]) : null,
  };
}
