import { BnfreeError } from '@bnfree/core';
import { cifar10ImageBytes, cifar10Input } from './cifar10Input.js';

/** The part of `ImageData` that is read: RGBA, rows from the top. */
export interface RgbaImage {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

const [size] = cifar10Input.shape;

/**
 * Turns an image of any size from 32x32 up into the model's 3072 input bytes.
 *
 * The largest centered square is averaged down: output pixel `i` is the mean, rounded half up, of the source rows and
 * columns `floor(i * side / 32) .. floor((i + 1) * side / 32) - 1`. A 32x32 image is copied as it is. Alpha is ignored.
 * Throws IMAGE_TOO_SMALL and WRONG_LENGTH.
 */
export function toPixels(image: RgbaImage): Uint8Array {
  checkImage(image);
  const side = Math.min(image.width, image.height);
  const left = (image.width - side) >> 1;
  const top = (image.height - side) >> 1;
  const pixels = new Uint8Array(cifar10ImageBytes);
  for (let y = 0; y < size; y += 1) {
    const rows = span(y, side, top);
    for (let x = 0; x < size; x += 1) {
      const columns = span(x, side, left);
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[(y * size + x) * 3 + channel] = meanOf(image, rows, columns, channel);
      }
    }
  }
  return pixels;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function span(index: number, side: number, offset: number): Span {
  return {
    start: offset + Math.floor((index * side) / size),
    end: offset + Math.floor(((index + 1) * side) / size),
  };
}

function meanOf({ data, width }: RgbaImage, rows: Span, columns: Span, channel: number): number {
  let sum = 0;
  for (let y = rows.start; y < rows.end; y += 1) {
    for (let x = columns.start; x < columns.end; x += 1) sum += data[(y * width + x) * 4 + channel];
  }
  const count = (rows.end - rows.start) * (columns.end - columns.start);
  return Math.floor((2 * sum + count) / (2 * count));
}

function checkImage({ data, width, height }: RgbaImage): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= size && height >= size)) {
    throw new BnfreeError([
      {
        code: 'IMAGE_TOO_SMALL',
        path: 'image',
        message: `got ${width}x${height}, expected at least ${size}x${size}`,
        fix: `draw it larger first: context.drawImage(image, 0, 0, ${size}, ${size})`,
      },
    ]);
  }
  if (data.length !== width * height * 4) {
    throw new BnfreeError([
      {
        code: 'WRONG_LENGTH',
        path: 'image.data',
        message: `got ${data.length} bytes, expected ${width * height * 4} for ${width}x${height} RGBA`,
        fix: 'pass context.getImageData(0, 0, width, height)',
      },
    ]);
  }
}
