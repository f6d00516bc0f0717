import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { decodeRgbPng } from './decodeRgbPng.js';

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const picture: fc.Arbitrary<Picture> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 }))
  .chain(([width, height]) => {
    const length = width * height * 3;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((rgb) => ({ width, height, rgb }));
  });

function encode({ width, height, rgb }: Picture, filterType: 0 | 1 | 2 | 3 | 4): Buffer {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i += 1) png.data.set([...rgb.subarray(3 * i, 3 * i + 3), 255], 4 * i);
  return PNG.sync.write(png, { colorType: 2, filterType });
}

describe('decodeRgbPng', () => {
  test.each([0, 1, 2, 3, 4] as const)('undoes row filter %i as pngjs applied it', async (filter) => {
    await fc.assert(
      fc.asyncProperty(picture, async (original) => {
        const { width, height, pixels } = await decodeRgbPng(encode(original, filter));
        expect({ width, height }).toEqual({ width: original.width, height: original.height });
        expect(Buffer.from(pixels).equals(Buffer.from(original.rgb))).toBe(true);
      }),
    );
  });

  const file = encode({ width: 2, height: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6) }, 0);

  test('refuses every truncated file', async () => {
    for (let length = 0; length < file.length; length += 1) {
      await expect(decodeRgbPng(file.subarray(0, length))).rejects.toThrow(RangeError);
    }
  });

  test('refuses every flipped byte', async () => {
    for (let i = 0; i < file.length; i += 1) {
      const damaged = Buffer.from(file);
      damaged[i] ^= 0x10;
      await expect(decodeRgbPng(damaged)).rejects.toThrow(Error);
    }
  });

  test('refuses pixel formats other than 8-bit RGB', async () => {
    const rgba = PNG.sync.write(new PNG({ width: 2, height: 2 }), { colorType: 6 });
    await expect(decodeRgbPng(rgba)).rejects.toThrow('expected 8-bit RGB');
  });
});
