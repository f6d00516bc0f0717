import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FREQUENCIES, transformInput, transformOutput, transformWeights } from './transforms.js';

const tile = (length: number, limit: number) =>
  fc.array(fc.oneof(fc.integer({ min: -limit, max: limit }), fc.constantFrom(-limit, limit)), {
    minLength: length,
    maxLength: length,
  });

/** The convolution of 6x6 values with 3x3 taps. */
function convolve(values: readonly number[], taps: readonly number[]): number[] {
  return Array.from({ length: 16 }, (_, i) => {
    const [y, x] = [i >> 2, i & 3];
    return taps.reduce((sum, tap, k) => sum + tap * values[(y + Math.floor(k / 3)) * 6 + x + (k % 3)], 0);
  });
}

test('transforms of inputs and weights, multiplied and transformed back, are the convolution', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(tile(36, 255), tile(9, 510)), { minLength: 1, maxLength: 8 }),
      (channels) => {
        const expected = new Array<number>(16).fill(0);
        const words = new Int32Array(2 * FREQUENCIES);
        for (const [values, taps] of channels) {
          convolve(values, taps).forEach((value, i) => (expected[i] += value));
          const weights = new Int32Array(FREQUENCIES);
          transformWeights(Int32Array.from(taps), weights);
          transformInput(Int32Array.from(values), 0, 6, 1, words, 0, 1);
          for (let i = 0; i < FREQUENCIES; i += 1) words[FREQUENCIES + i] += Math.imul(words[i], weights[i]);
        }
        fc.pre(expected.every((value) => value >= -(2 ** 25) && value < 2 ** 25));
        const results = new Int32Array(16);
        transformOutput(words, FREQUENCIES, 1, results);
        expect([...results]).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

test('transformed weights fit in 16 bits for every weight format', () => {
  fc.assert(
    fc.property(tile(9, 510), (taps) => {
      const weights = new Int32Array(FREQUENCIES);
      transformWeights(Int32Array.from(taps), weights);
      expect(weights).toEqual(Int32Array.from(Int16Array.from(weights)));
    }),
  );
});

test('lines may lie apart', () => {
  const values = Array.from({ length: 36 }, (_, i) => (i * 37) & 127);
  const [close, apart] = [new Int32Array(FREQUENCIES), new Int32Array(5 * FREQUENCIES)];
  transformInput(Int32Array.from(values), 0, 6, 1, close, 0, 1);
  const spread = new Int32Array(300);
  values.forEach((value, i) => (spread[7 + Math.floor(i / 6) * 40 + (i % 6) * 3] = value));
  transformInput(spread, 7, 40, 3, apart, 2, 5);
  expect(Array.from(close, (_, i) => apart[2 + 5 * i])).toEqual([...close]);
});
