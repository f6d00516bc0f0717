import { unknownKeys } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import type { RandomStream } from '../random/randomStream.js';
import type { ImageBatch } from './imagePool.js';

/** Random changes of training images that leave pixels whole. */
export interface Augmentation {
  /** Mirrors half of the images left to right. */
  readonly flip?: boolean;
  /** Moves images by up to this many pixels in each direction; 0 is none. */
  readonly shift?: number;
}

/**
 * Checks an augmentation against the shape of the images.
 *
 * @returns issues UNKNOWN_OPTION and AUGMENTATION
 */
export function checkAugmentation(augmentation: Augmentation, shape: readonly number[]): Issue[] {
  const { flip = false, shift = 0 } = augmentation;
  const issues = unknownKeys(augmentation, ['flip', 'shift'], 'augmentation', 'UNKNOWN_OPTION');
  const issue = (path: string, message: string, fix: string) =>
    issues.push({ code: 'AUGMENTATION', path, message, fix });
  if (typeof flip !== 'boolean') {
    issue('augmentation.flip', `got ${String(flip)}, expected true or false`, 'flip: true');
  }
  const [height = 0, width = 0] = shape;
  if (shape.length !== 3) {
    if (flip || shift !== 0) {
      issue(
        'augmentation',
        `got images of shape [${shape.join(', ')}], expected [height, width, channels] to flip or shift`,
        'augmentation: {}',
      );
    }
  } else if (!Number.isInteger(shift) || shift < 0 || shift >= Math.min(height, width)) {
    const largest = Math.min(height, width) - 1;
    issue(
      'augmentation.shift',
      `got ${shift}, expected a whole number from 0 to ${largest}`,
      `shift: ${Math.min(4, largest)}`,
    );
  }
  return issues;
}

/** Whether an augmentation leaves any image other than it is. */
export function changesImages({ flip = false, shift = 0 }: Augmentation, shape: readonly number[]): boolean {
  return shape.length === 3 && (flip || shift !== 0);
}

/**
 * Flips and shifts a batch at random, on bytes.
 *
 * Per image the stream gives, as far as the augmentation asks for it: flip, vertical shift, horizontal shift. An image
 * is flipped, then shifted; pixels that come from outside are `fillValue`.
 *
 * @param shape `[height, width, channels]`; others are returned as they are (see {@link checkAugmentation})
 * @param fillValue the stored pixel that stands for zero, 0..255
 * @returns a new batch, or the same one when there is nothing to do
 */
export function augmentBatch(
  batch: ImageBatch,
  shape: readonly number[],
  augmentation: Augmentation,
  fillValue: number,
  stream: RandomStream,
): ImageBatch {
  if (!changesImages(augmentation, shape)) return batch;
  const { flip = false, shift = 0 } = augmentation;
  const [height, width, channels] = shape;
  const imageSize = height * width * channels;
  const images = new Uint8Array(batch.images.length).fill(fillValue);
  for (let index = 0; index < batch.count; index++) {
    const isFlipped = flip && stream.nextInt(0, 1) === 1;
    const down = shift === 0 ? 0 : stream.nextInt(-shift, shift);
    const right = shift === 0 ? 0 : stream.nextInt(-shift, shift);
    const from = batch.images.subarray(index * imageSize, (index + 1) * imageSize);
    const to = images.subarray(index * imageSize, (index + 1) * imageSize);
    for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
      const source = from.subarray((y - down) * width * channels, (y - down + 1) * width * channels);
      const target = to.subarray(y * width * channels, (y + 1) * width * channels);
      if (isFlipped) copyFlipped(source, target, width, channels, right);
      else copyShifted(source, target, right * channels);
    }
  }
  return { count: batch.count, images, labels: batch.labels };
}

function copyShifted(source: Uint8Array, target: Uint8Array, offset: number): void {
  if (offset >= 0) target.set(source.subarray(0, source.length - offset), offset);
  else target.set(source.subarray(-offset), 0);
}

function copyFlipped(
  source: Uint8Array,
  target: Uint8Array,
  width: number,
  channels: number,
  right: number,
): void {
  for (let x = Math.max(0, right); x < Math.min(width, width + right); x++) {
    const from = (width - 1 - (x - right)) * channels;
    for (let channel = 0; channel < channels; channel++) {
      target[x * channels + channel] = source[from + channel];
    }
  }
}
