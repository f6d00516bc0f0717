import type { Issue } from '@bnfree/core';
import { readNumbers } from './readNumbers.js';

/** Stored pixels of whole images. */
export interface Pixels {
  readonly count: number;
  /** Not copied where the source was bytes already. */
  readonly images: Uint8Array;
}

/**
 * Reads stored pixels and checks their shape and range.
 *
 * @param shape of one image
 * @param path where the source stands, such as `data[3].images`
 * @returns pixels, or issues DATA_KIND, DATA_SHAPE, DATA_RANGE
 */
export async function readPixels(
  source: unknown,
  shape: readonly number[],
  path: string,
): Promise<Pixels | Issue[]> {
  const numbers = typeof source === 'number' ? null : await readNumbers(source);
  if (!numbers) {
    return [
      {
        code: 'DATA_KIND',
        path,
        message: `got ${kindOf(source)}, expected pixels as a Uint8Array, a tensor or an array of numbers`,
        fix: 'new Uint8Array(pixels)',
      },
    ];
  }
  const { values } = numbers;
  const imageSize = shape.reduce((product, size) => product * size, 1);
  const fits = numbers.shape === null ? values.length % imageSize === 0 : endsWith(numbers.shape, shape);
  if (!fits) return [shapeIssue(numbers.shape, values.length, shape, path)];
  const count = values.length / imageSize;
  if (values instanceof Uint8Array) return { count, images: values };
  if (values instanceof Uint8ClampedArray) {
    return { count, images: new Uint8Array(values.buffer, values.byteOffset, values.length) };
  }
  const issue = rangeIssue(values, imageSize, path);
  return issue ? [issue] : { count, images: Uint8Array.from(values) };
}

/** Whether a shape is that of one image or of a batch of them. */
function endsWith(got: readonly number[], shape: readonly number[]): boolean {
  const skipped = got.length - shape.length;
  return (skipped === 0 || skipped === 1) && shape.every((size, axis) => size === got[axis + skipped]);
}

function shapeIssue(
  got: readonly number[] | null,
  length: number,
  shape: readonly number[],
  path: string,
): Issue {
  const imageSize = shape.reduce((product, size) => product * size, 1);
  const expected = `[n, ${shape.join(', ')}]`;
  if (got === null) {
    return {
      code: 'DATA_SHAPE',
      path,
      message: `got ${length} numbers, expected a multiple of ${imageSize}, the size of an image [${shape.join(', ')}]`,
      fix: `images.subarray(0, ${Math.floor(length / imageSize) * imageSize})`,
    };
  }
  const [height = 0, width = 0, channels = 0] = shape;
  let fix = `images.reshape([-1, ${shape.join(', ')}])`;
  if (shape.length === 3) {
    if (endsWith(got, [channels, height, width])) {
      fix = got.length === 4 ? 'images.transpose([0, 2, 3, 1])' : 'images.transpose([1, 2, 0])';
    } else if (length % imageSize !== 0 || got.length >= 3) {
      fix = `tf.image.resizeNearestNeighbor(images, [${height}, ${width}])`;
      if (got.at(-1) !== channels) fix = `give images with ${channels} channels`;
    }
  } else if (length % imageSize !== 0) {
    fix = `give ${imageSize} numbers an image`;
  }
  return {
    code: 'DATA_SHAPE',
    path,
    message: `got shape [${got.join(', ')}], expected ${expected}`,
    fix,
  };
}

function rangeIssue(values: ArrayLike<number>, imageSize: number, path: string): Issue | undefined {
  let wrongCount = 0;
  let first = -1;
  let isUnit = true;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!(value >= 0 && value <= 1)) isUnit = false;
    if (value >= 0 && value <= 255 && Number.isInteger(value)) continue;
    if (wrongCount++ === 0) first = index;
  }
  if (wrongCount === 0) return undefined;
  const place = `image ${Math.floor(first / imageSize)}, value ${first % imageSize}`;
  return {
    code: 'DATA_RANGE',
    path,
    message:
      `got ${wrongCount} of ${values.length} values that are not stored pixels, the first ${values[first]} ` +
      `(${place}), expected whole numbers 0..255`,
    fix: isUnit
      ? 'images.mul(255).round(), with the transform that the teacher expects as input: { zeroPoint: 0, scale: { numerator: 1, denominator: 255 } }'
      : 'give the pixels as they are stored, and what was done to them as input: { zeroPoint: 128, scale: { numerator: 1, denominator: 128 } } for (pixel - 128) / 128',
  };
}

/** Names a value's kind for messages. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array of other things than numbers, or of uneven lengths';
  const name = (value as { constructor?: { name?: string } }).constructor?.name ?? 'Object';
  return name === 'Object' ? `an object with ${Object.keys(value).join(', ') || 'no fields'}` : `a ${name}`;
}
