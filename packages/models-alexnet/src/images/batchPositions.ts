import { randomStream } from '@bnfree/distill';
import { type CropDraw, drawParts } from './cropPixels.js';

/** An image of a batch. */
export interface BatchPosition {
  /** In the set. */
  readonly index: number;
  readonly draw: CropDraw | null;
}

export interface PositionOptions {
  readonly count: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly crop: 'center' | 'random';
  readonly flip: boolean;
}

/**
 * Images of a batch, addressed by the number of the batch alone.
 *
 * Every epoch has an order of its own, and every image in it a crop of its own, named by epoch and index. Batches are full, also
 * across the end of an epoch; only the last of all may be shorter.
 */
export function batchPositions(options: PositionOptions): (batch: number) => BatchPosition[] {
  const { count, batchSize, epochs, seed, shuffle } = options;
  const orderOf = (epoch: number): Int32Array | null =>
    shuffle ? randomStream(seed, 'images', 'order', epoch).shuffledIndices(count) : null;
  // One epoch is enough: batches are asked for in order.
  let cached = { epoch: -1, order: null as Int32Array | null };
  return (batch) => {
    const first = batch * batchSize;
    const length = Math.max(0, Math.min(batchSize, count * epochs - first));
    return Array.from({ length }, (_, offset) => {
      const epoch = Math.floor((first + offset) / count);
      const place = (first + offset) % count;
      if (cached.epoch !== epoch) cached = { epoch, order: orderOf(epoch) };
      const index = cached.order === null ? place : cached.order[place];
      return { index, draw: drawOf(options, epoch, index) };
    });
  };
}

function drawOf({ seed, crop, flip }: PositionOptions, epoch: number, index: number): CropDraw | null {
  if (crop === 'center' && !flip) return null;
  const stream = randomStream(seed, 'images', 'crop', epoch, index);
  // Half of all parts is the middle, rounded down, as without a draw.
  const share = (): number => (crop === 'center' ? drawParts / 2 : stream.nextInt(0, drawParts - 1));
  return { down: share(), right: share(), isFlipped: flip && stream.nextInt(0, 1) === 1 };
}
