import { unknownKeys } from '@bnfree/integer-kernels';
import { BnfreeError, throwIfIssues } from '@bnfree/core';
import { randomStream } from '../random/randomStream.js';
import { createImagePool } from './createImagePool.js';
import type { ImagePool } from './imagePool.js';

/** How many images are held out. */
export interface SplitOptions {
  /** Images held out, 1 to `count - 1`. */
  readonly validationCount?: number;
  /** Share held out, between 0 and 1, rounded to whole images; excludes `validationCount`. */
  readonly fraction?: number;
  /** Draws the held-out images at random; without it they are the last ones and nothing is copied. */
  readonly seed?: number;
}

/** Images to fit on, and images held out to choose by. */
export interface SplitPool {
  readonly train: ImagePool;
  readonly validation: ImagePool;
}

/**
 * Splits training images into a part to fit on and a held-out part.
 *
 * By default the last tenth is held out: at least 1 image, at most 1000. The same pool and options give the same split.
 *
 * @throws BnfreeError UNKNOWN_OPTION, SPLIT_SIZE
 */
export function splitPool(pool: ImagePool, options: SplitOptions = {}): SplitPool {
  throwIfIssues(
    unknownKeys(options, ['validationCount', 'fraction', 'seed'], 'splitPool.options', 'UNKNOWN_OPTION'),
  );
  const held = heldOutCount(pool.count, options);
  const trainCount = pool.count - held;
  if (options.seed === undefined) {
    return {
      train: slicePool(pool, 0, trainCount),
      validation: slicePool(pool, trainCount, pool.count),
    };
  }
  const order = randomStream(options.seed, 'split').shuffledIndices(pool.count);
  return {
    train: pickImages(pool, order.subarray(0, trainCount).sort()),
    validation: pickImages(pool, order.subarray(trainCount).sort()),
  };
}

function heldOutCount(count: number, { validationCount, fraction }: SplitOptions): number {
  if (validationCount !== undefined && fraction !== undefined) {
    throw splitError(
      'fraction',
      'got both validationCount and fraction, expected one',
      `{ validationCount: ${validationCount} }`,
    );
  }
  if (count < 2) {
    throw splitError('pool', `got ${count} image, expected at least 2`, 'give more images');
  }
  if (validationCount !== undefined) {
    if (Number.isInteger(validationCount) && validationCount >= 1 && validationCount < count) {
      return validationCount;
    }
    throw splitError(
      'validationCount',
      `got ${validationCount}, expected a whole number from 1 to ${count - 1}`,
      `validationCount: ${defaultHeldOut(count)}`,
    );
  }
  if (fraction === undefined) return defaultHeldOut(count);
  if (!(fraction > 0 && fraction < 1)) {
    throw splitError('fraction', `got ${fraction}, expected more than 0 and less than 1`, 'fraction: 0.1');
  }
  return Math.min(count - 1, Math.max(1, Math.round(count * fraction)));
}

function defaultHeldOut(count: number): number {
  return Math.min(1000, Math.max(1, Math.floor(count / 10)));
}

function splitError(option: string, message: string, fix: string): BnfreeError {
  return new BnfreeError([{ code: 'SPLIT_SIZE', path: `splitPool.${option}`, message, fix }]);
}

/** The images `start .. end - 1`, without copying. */
export function slicePool(pool: ImagePool, start: number, end: number): ImagePool {
  const imageSize = pool.images.length / pool.count;
  return createImagePool({
    count: end - start,
    shape: pool.shape,
    images: pool.images.subarray(start * imageSize, end * imageSize),
    labels: pool.labels ? pool.labels.subarray(start, end) : null,
  });
}

/** Some images, copied, in the order that is given. */
export function pickImages(pool: ImagePool, indices: Int32Array): ImagePool {
  const imageSize = pool.images.length / pool.count;
  const images = new Uint8Array(indices.length * imageSize);
  indices.forEach((from, to) => {
    images.set(pool.images.subarray(from * imageSize, (from + 1) * imageSize), to * imageSize);
  });
  const { labels } = pool;
  return createImagePool({
    count: indices.length,
    shape: pool.shape,
    images,
    labels: labels ? indices.map((index) => labels[index]) : null,
  });
}
