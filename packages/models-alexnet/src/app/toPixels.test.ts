import { describe, expect, test } from '@jest/globals';
import { type RgbaImage, toPixels } from './toPixels.js';

function image(width: number, height: number, color: (x: number, y: number) => readonly number[]): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set([...color(x, y), 255], (y * width + x) * 4);
  }
  return { data, width, height };
}

describe('toPixels', () => {
  test('copies a 32x32 image without its alpha', () => {
    const pixels = toPixels(image(32, 32, (x, y) => [x, y, x ^ y]));
    expect(pixels).toHaveLength(3072);
    expect(Array.from(pixels.subarray((5 * 32 + 7) * 3, (5 * 32 + 8) * 3))).toEqual([7, 5, 2]);
  });

  test('averages blocks and rounds halves up', () => {
    // Each 2x2 block holds 0, 1, 2, 3: mean 1.5; and 255 everywhere in green.
    const pixels = toPixels(image(64, 64, (x, y) => [(x & 1) + 2 * (y & 1), 255, 0]));
    expect(Array.from(pixels.subarray(0, 6))).toEqual([2, 255, 0, 2, 255, 0]);
  });

  test('takes the centered square', () => {
    const pixels = toPixels(image(40, 32, (x, y) => [x, y, 0]));
    expect(pixels[0]).toBe(4);
    expect(pixels[31 * 3]).toBe(35);
    expect(pixels[31 * 32 * 3 + 1]).toBe(31);
  });

  test('uses every source pixel once where 32 does not divide the side', () => {
    const pixels = toPixels(image(33, 33, (x) => [x, 0, 0]));
    // The last span holds columns 31 and 32.
    expect([pixels[0], pixels[30 * 3], pixels[31 * 3]]).toEqual([0, 30, 32]);
  });

  test('refuses small images and wrong lengths with a fix', () => {
    expect(() => toPixels(image(16, 40, () => [0, 0, 0]))).toThrow(/IMAGE_TOO_SMALL[\s\S]*16x40[\s\S]*fix: /);
    expect(() => toPixels({ data: new Uint8Array(5), width: 32, height: 32 })).toThrow(
      /WRONG_LENGTH[\s\S]*4096/,
    );
  });
});
