import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RandomStream } from '../random/randomStream.js';
import { randomStream } from '../random/randomStream.js';
import { augmentBatch, checkAugmentation } from './augmentation.js';

/** A stream that gives the listed numbers and nothing else. */
function listed(...numbers: number[]): RandomStream {
  return {
    nextInt(minInclusive, maxInclusive) {
      const next = numbers.shift() ?? NaN;
      expect(next >= minInclusive && next <= maxInclusive).toBe(true);
      return next;
    },
    shuffledIndices: () => new Int32Array(),
  };
}

const shape = [2, 3, 1];
const batch = { count: 1, images: Uint8Array.of(1, 2, 3, 4, 5, 6), labels: Int32Array.of(4) };

describe('augmentBatch', () => {
  test('shifts down and right, and fills with the given pixel', () => {
    const shifted = augmentBatch(batch, shape, { shift: 1 }, 128, listed(1, 1));
    expect([...shifted.images]).toEqual([128, 128, 128, 128, 1, 2]);
    expect(shifted.labels).toEqual(batch.labels);
  });

  test('shifts up and left', () => {
    expect([...augmentBatch(batch, shape, { shift: 1 }, 9, listed(-1, -1)).images]).toEqual([
      5, 6, 9, 9, 9, 9,
    ]);
  });

  test('flips, then shifts', () => {
    const flipped = augmentBatch(batch, shape, { flip: true, shift: 1 }, 0, listed(1, 0, 1));
    expect([...flipped.images]).toEqual([0, 3, 2, 0, 6, 5]);
  });

  test('draws for each image of a batch', () => {
    const two = { count: 2, images: Uint8Array.of(1, 2, 3, 4), labels: null };
    expect([...augmentBatch(two, [1, 2, 1], { flip: true }, 0, listed(1, 0)).images]).toEqual([2, 1, 3, 4]);
  });

  test('keeps the channels of a pixel together', () => {
    const color = { count: 1, images: Uint8Array.of(1, 2, 3, 4, 5, 6), labels: null };
    expect([...augmentBatch(color, [1, 2, 3], { flip: true }, 0, listed(1)).images]).toEqual([
      4, 5, 6, 1, 2, 3,
    ]);
  });

  test('draws nothing and copies nothing when there is nothing to do', () => {
    expect(augmentBatch(batch, shape, {}, 0, listed())).toBe(batch);
    expect(augmentBatch(batch, [6], { flip: false, shift: 0 }, 0, listed())).toBe(batch);
  });

  test('agrees with a pixel by pixel definition', () => {
    const size = fc.integer({ min: 2, max: 6 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 3 }),
        fc.integer(),
        fc.nat(255),
        (h, w, c, seed, fill) => {
          const count = 3;
          const shift = Math.min(h, w) - 1;
          const images = Uint8Array.from({ length: count * h * w * c }, (_, index) => (index * 37) % 256);
          const original = images.slice();
          const augmented = augmentBatch(
            { count, images, labels: null },
            [h, w, c],
            { flip: true, shift },
            fill,
            randomStream(seed),
          );
          expect(images).toEqual(original);
          const stream = randomStream(seed);
          const expected: number[] = [];
          for (let image = 0; image < count; image++) {
            const isFlipped = stream.nextInt(0, 1) === 1;
            const [down, right] = [stream.nextInt(-shift, shift), stream.nextInt(-shift, shift)];
            for (let y = 0; y < h; y++) {
              for (let x = 0; x < w; x++) {
                const [fromY, fromX] = [y - down, isFlipped ? w - 1 - (x - right) : x - right];
                const isInside = fromY >= 0 && fromY < h && fromX >= 0 && fromX < w;
                for (let z = 0; z < c; z++) {
                  expected.push(isInside ? (images[((image * h + fromY) * w + fromX) * c + z] ?? NaN) : fill);
                }
              }
            }
          }
          expect([...augmented.images]).toEqual(expected);
        },
      ),
    );
  });
});

describe('checkAugmentation', () => {
  const pathsOf = (augmentation: object, of: number[]) =>
    checkAugmentation(augmentation, of).map(({ code, path }) => `${code} ${path}`);

  test('accepts what can be done', () => {
    expect(pathsOf({ flip: true, shift: 4 }, [32, 32, 3])).toEqual([]);
    expect(pathsOf({}, [784])).toEqual([]);
  });

  test('reports all that cannot', () => {
    expect(pathsOf({ flip: 1, shift: 32, flop: true }, [32, 32, 3])).toEqual([
      'UNKNOWN_OPTION augmentation.flop',
      'AUGMENTATION augmentation.flip',
      'AUGMENTATION augmentation.shift',
    ]);
    expect(pathsOf({ shift: 0.5 }, [32, 32, 3])).toEqual(['AUGMENTATION augmentation.shift']);
    expect(pathsOf({ flip: true }, [784])).toEqual(['AUGMENTATION augmentation']);
  });
});
