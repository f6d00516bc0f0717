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
function partsOf({ values, height, width }: TapWeights, { areWhole, segments }: TapSums): number[][] {
  const rows = Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
  const perPart = areWhole ? height : 1;
  return Array.from({ length: rows.length / perPart }, (_, part) =>
    segments.map(({ from, to }) =>
      rows.slice(part * perPart, (part + 1) * perPart).flatMap((row) => row.slice(from, to)),
    ),
  ).flat();
}

test('every sum is an int16 once its center is subtracted, and the segments cover each row', () => {
  const seen = { whole: 0, twoWhole: 0, cut: 0, centered: 0 };
  fc.assert(
    fc.property(cases, fc.constantFrom(1, 2), ([weights, range], tapsAtOnce) => {
      const sums = tapSums(weights, range, tapsAtOnce);
      if (sums === undefined) {
        expect(tapsAtOnce).toBe(2);
        return;
      }
      if (sums.areWhole) seen[sums.segments.length === 1 ? 'whole' : 'twoWhole'] += 1;
      else seen.cut += 1;
      if (sums.areCentered) seen.centered += 1;
      expect(sums.segments.every(({ from }) => from % tapsAtOnce === 0)).toBe(true);
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
      expect(centers.some((center) => center !== 0)).toBe(sums.areCentered);
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});

test('a sum of one more step would not fit', () => {
  const range = { min: 0, max: 127 };
  const of = (...values: number[]) =>
    tapSums({ values: Int16Array.from(values), height: 1, width: 5 }, range, 1);
  expect(of(127, 127, 127, 127, 8)).toMatchObject({ areWhole: true, segments: [{ from: 0, to: 5 }] });
  const cut = [
    { from: 0, to: 4 },
    { from: 4, to: 5 },
  ];
  expect(of(127, 127, 127, 127, 9)).toMatchObject({ areWhole: true, segments: cut });
});

test('rows are summed by themselves where two sums do not hold the kernel', () => {
  const weights = { values: new Int16Array(9).fill(127), height: 3, width: 3 };
  const of = (max: number) => tapSums(weights, { min: 0, max }, 1);
  expect(of(56)).toMatchObject({ areWhole: true, segments: [{ from: 0, to: 3 }] });
  expect(of(80)).toMatchObject({
    areWhole: true,
    segments: [
      { from: 0, to: 2 },
      { from: 2, to: 3 },
    ],
  });
  expect(of(127)).toMatchObject({ areWhole: false, segments: [{ from: 0, to: 3 }] });
  expect(of(255)).toMatchObject({
    areWhole: false,
    segments: [
      { from: 0, to: 2 },
      { from: 2, to: 3 },
    ],
  });
});

test('a weight too large for one product is refused', () => {
  const weights = { values: Int16Array.of(258), height: 1, width: 1 };
  expect(tapSums(weights, { min: 0, max: 255 }, 1)).toBeUndefined();
});
