import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sumCenters, tapSums, type TapRange, type TapSums, type TapWeights } from './tapSums.js';

const ranges: readonly TapRange[] = [
  { min: -128, max: 127 },
  { min: 0, max: 255 },
  { min: 0, max: 127 },
  { min: -8, max: 7 },
];

const cases = fc
  .record({
    height: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 6 }),
    channels: fc.integer({ min: 1, max: 3 }),
    limit: fc.constantFrom(1, 7, 60, 128, 255),
    range: fc.constantFrom(...ranges),
  })
  .chain(({ height, width, channels, limit, range }) =>
    fc
      .array(fc.integer({ min: -limit, max: limit }), {
        minLength: height * width * channels,
        maxLength: height * width * channels,
      })
      .map((values): [TapWeights, TapRange] => [{ values: Int16Array.from(values), height, width }, range]),
  );

/** The taps of every sum, in the order of the centers. */
function partsOf({ values, height, width }: TapWeights, { isWhole, segments }: TapSums): number[][] {
  const rows = Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
  if (!isWhole) return rows.flatMap((row) => segments.map(({ from, to }) => row.slice(from, to)));
  const channels = values.length / width / height;
  return Array.from({ length: channels }, (_, channel) =>
    rows.slice(channel * height, (channel + 1) * height).flat(),
  );
}

test('every sum is an int16 once its center is subtracted, and the segments cover each row', () => {
  const seen = { whole: 0, cut: 0, centered: 0 };
  fc.assert(
    fc.property(cases, ([weights, range]) => {
      const sums = tapSums(weights, range);
      if (sums === undefined) throw new Error('one tap of at most 255 always fits');
      if (sums.isWhole) seen.whole += 1;
      else seen.cut += 1;
      if (sums.isCentered) seen.centered += 1;
      const centers = sumCenters(weights, range, sums);
      partsOf(weights, sums).forEach((part, index) => {
        const ends = [range.min, range.max];
        const low = part.reduce((sum, weight) => sum + Math.min(...ends.map((end) => weight * end)), 0);
        const high = part.reduce((sum, weight) => sum + Math.max(...ends.map((end) => weight * end)), 0);
        expect(low - centers[index]).toBeGreaterThanOrEqual(-32768);
        expect(high - centers[index]).toBeLessThanOrEqual(32767);
      });
      expect(sums.segments.map(({ from }) => from)).toEqual([
        0,
        ...sums.segments.slice(0, -1).map(({ to }) => to),
      ]);
      expect(sums.segments.at(-1)?.to).toBe(weights.width);
      expect(centers.some((center) => center !== 0)).toBe(sums.isCentered);
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});

test('a sum of one more step would not fit', () => {
  const range = { min: 0, max: 127 };
  const of = (...values: number[]) =>
    tapSums({ values: Int16Array.from(values), height: 1, width: 5 }, range);
  expect(of(127, 127, 127, 127, 8)).toMatchObject({ isWhole: true });
  expect(of(127, 127, 127, 127, 9)).toMatchObject({
    isWhole: false,
    segments: [
      { from: 0, to: 4 },
      { from: 4, to: 5 },
    ],
  });
});

test('a weight too large for one product is refused', () => {
  expect(tapSums({ values: Int16Array.of(258), height: 1, width: 1 }, { min: 0, max: 255 })).toBeUndefined();
});
