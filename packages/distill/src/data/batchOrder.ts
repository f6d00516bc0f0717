import { randomStream } from '../random/randomStream.js';

export interface BatchOrderOptions {
  /** Images in all. */
  readonly count: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Names the order, so that two passes see different ones. */
  readonly purpose: string;
}

/**
 * Positions of the images of a step, addressed by the step number alone.
 *
 * Every epoch has an order of its own, `randomStream(seed, purpose, 'shuffle', epoch)`. All batches are full: one that
 * reaches the end of an epoch goes on in the next. So the step number is all that a checkpoint stores of the data.
 */
export function batchOrder({
  count,
  batchSize,
  seed,
  purpose,
}: BatchOrderOptions): (step: number) => Int32Array {
  const shuffled = (epoch: number) => ({
    epoch,
    order: randomStream(seed, purpose, 'shuffle', epoch).shuffledIndices(count),
  });
  // One epoch is enough: steps are asked in order, but for a jump when a run is resumed.
  let cached = shuffled(0);
  return (step) =>
    Int32Array.from({ length: batchSize }, (_, offset) => {
      const position = step * batchSize + offset;
      const epoch = Math.floor(position / count);
      if (cached.epoch !== epoch) cached = shuffled(epoch);
      return cached.order[position % count];
    });
}
