import { describe, expect, test } from '@jest/globals';
import { packWeights } from '../../packing/packWeights.js';
import type { Conv2dOp } from '../../ops/conv2d.js';
import { centerOf, isExact } from './isExact.js';

type Bounded = Pick<Conv2dOp, 'inputs' | 'padding' | 'weights'>;

const padded = { top: 1, bottom: 1, left: 1, right: 1, value: 0 };

/** One channel of 3x3 weights whose absolute values add up to `sum`, a part of them negative. */
function bounded(
  sum: number,
  negative: number,
  quantMin: number,
  quantMax: number,
  padding = padded,
): Bounded {
  const channels = 600;
  const values = new Int16Array(9 * channels);
  let left = sum - negative;
  for (let k = 0; left > 0; k += 1) left -= values[k] = Math.min(left, 127);
  left = negative;
  for (let k = values.length - 1; left > 0; k -= 1) {
    values[k] = -Math.min(left, 128);
    left += values[k];
  }
  const type = quantMin < 0 ? 'int8' : 'uint8';
  return {
    inputs: [{ shape: [1, 4, 4, channels], type, zeroPoint: 0, quantMin, quantMax }],
    padding,
    weights: packWeights(values, [1, 3, 3, channels], { bits: 8, code: 'twosComplement', zeroPoint: 0 }),
  };
}

describe('the center', () => {
  test('is the middle of what a window can hold', () => {
    expect(centerOf(bounded(1, 0, 0, 127))).toBe(64);
    expect(centerOf(bounded(1, 0, -128, 127))).toBe(0);
    expect(centerOf(bounded(1, 0, 0, 255))).toBe(128);
  });

  test('counts the padding, where there is any', () => {
    const around = { ...padded, value: 255 };
    expect(centerOf(bounded(1, 0, 0, 15, around))).toBe(128);
    const none = { top: 0, bottom: 0, left: 0, right: 0, value: 255 };
    expect(centerOf(bounded(1, 0, 0, 15, none))).toBe(8);
  });
});

describe('the bound', () => {
  test.each([
    // Centered inputs are -64 .. 63: 64 * 524288 = 2^25 below, which is still exact.
    [524288, 0, 0, 127, true],
    [524289, 0, 0, 127, false],
    // The same weights negative give at most 2^25 above, which is not.
    [524288, 524288, 0, 127, false],
    [524287, 524287, 0, 127, true],
    // -128 .. 127
    [262144, 0, -128, 127, true],
    [262145, 0, -128, 127, false],
    // Mixed signs: 64 * 262144 + 63 * 262144 on both sides.
    [524288, 262144, 0, 127, true],
    // Half the inputs, twice the weights.
    [600000, 0, 0, 63, true],
  ])(
    'sum |w| = %d, %d of it negative, inputs %d .. %d: %p',
    (sum, negative, quantMin, quantMax, expected) => {
      expect(isExact(bounded(sum, negative, quantMin, quantMax))).toBe(expected);
    },
  );

  test('is for the worst output channel', () => {
    const op = bounded(1, 0, -128, 127);
    const rows = Int16Array.from({ length: 2 * 5400 }, (_, k) => (k < 5400 ? 0 : 100));
    const weights = packWeights(rows, [2, 3, 3, 600], { bits: 8, code: 'twosComplement', zeroPoint: 0 });
    expect(isExact({ ...op, weights })).toBe(false);
  });
});
