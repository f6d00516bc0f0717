import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Pairing, pairingOfRange, pairingOfWeights } from './pairing.js';

const isHigh = (row: number): boolean => row % 2 === 1;

/** Smallest and largest sum that values of a range, or zeros, can give, products `first .. end - 1` of a row. */
function sumRange(row: readonly number[], first: number, end: number, values: readonly [number, number]) {
  const products = row.slice(first, end).map((weight) => values.map((value) => weight * value));
  return [Math.min, Math.max].map((extreme) => products.reduce((sum, pair) => sum + extreme(0, ...pair), 0));
}

function fits([least, most]: readonly number[], bits: number): boolean {
  return least >= -(2 ** (bits - 1)) && most <= 2 ** (bits - 1) - 1;
}

/** Whether every window of steps of two products fits, for one run of weights. */
function areExact(
  rows: readonly (readonly number[])[],
  values: readonly [number, number],
  { shift, foldSteps, isHighFolded }: Pairing,
): boolean {
  return rows.every((row, index) => {
    const bits = isHigh(index) ? 32 - shift : shift;
    const steps = Math.ceil(row.length / 2);
    const window = isHigh(index) && !isHighFolded ? steps : Math.min(foldSteps, steps);
    const starts = Array.from({ length: steps - window + 1 }, (_, start) => start);
    return starts.every((start) => fits(sumRange(row, 2 * start, 2 * (start + window), values), bits));
  });
}

const cases = fc
  .record({
    rows: fc.integer({ min: 2, max: 4 }),
    length: fc.integer({ min: 1, max: 40 }),
    largest: fc.constantFrom(1, 2, 7, 8, 15, 40),
    values: fc.constantFrom<[number, number]>([0, 15], [0, 3], [-8, 7], [0, 255], [-128, -113]),
  })
  .chain(({ rows, length, largest, values }) =>
    fc.record({
      values: fc.constant(values),
      rows: fc.array(
        fc.array(fc.integer({ min: -largest, max: Math.max(1, largest - 1) }), {
          minLength: length,
          maxLength: length,
        }),
        { minLength: rows, maxLength: rows },
      ),
    }),
  );

describe('two channels a lane', () => {
  test('as many steps are taken together as no window of the weights exceeds', () => {
    fc.assert(
      fc.property(cases, ({ rows, values }) => {
        const shapes = [{ runs: 1, runLength: rows[0].length }];
        const weights = Int16Array.from(rows.flat());
        const pairing = pairingOfWeights({ weights, shapes, isHigh }, { min: values[0], max: values[1] });
        const { foldSteps } = pairing;
        const steps = Math.ceil(rows[0].length / 2);
        // Fewer than two are not told apart, except that more would not fit.
        if (foldSteps >= 2) expect(areExact(rows, values, pairing)).toBe(true);
        if (foldSteps < steps)
          expect(areExact(rows, values, { ...pairing, foldSteps: Math.max(2, foldSteps + 1) })).toBe(false);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test('any two weights fit an int16, and would not with a larger shift', () => {
    fc.assert(
      fc.property(cases, ({ rows, values }) => {
        const shapes = [{ runs: 1, runLength: rows[0].length }];
        const range = { min: values[0], max: values[1] };
        const { shift } = pairingOfWeights({ weights: Int16Array.from(rows.flat()), shapes, isHigh }, range);
        const level = (high: boolean): number[] => [
          0,
          ...rows.filter((_, row) => isHigh(row) === high).flat(),
        ];
        const fit = (bits: number): boolean =>
          level(false).every((low) => level(true).every((high) => fitsInt16(low + high * 2 ** bits)));
        expect(fit(shift)).toBe(true);
        if (shift < 15) expect(fit(shift + 1)).toBe(false);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  test('a range promises no more than the weights in it', () => {
    fc.assert(
      fc.property(cases, ({ rows, values }) => {
        const flat = rows.flat();
        const range = { min: values[0], max: values[1] };
        const weights = { min: Math.min(...flat), max: Math.max(...flat) };
        const promised = pairingOfRange(weights, range, rows[0].length);
        if (promised.foldSteps >= 2) expect(areExact(rows, values, promised)).toBe(true);
        expect(fitsInt16(weights.min + weights.min * 2 ** promised.shift)).toBe(true);
        expect(fitsInt16(weights.max + weights.max * 2 ** promised.shift)).toBe(true);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  test.each<[string, number, number, number, number, Pairing]>([
    // -8 * 4096 - 8 does not fit, and 1023 / (2 * 8 * 15) does four times.
    ['W4A4', -8, 7, 15, 1000, { shift: 11, foldSteps: 4, isHighFolded: false }],
    // 2047 / (2 * 7 * 15) does nine times.
    ['W4A4 without -8', -7, 7, 15, 1000, { shift: 12, foldSteps: 9, isHighFolded: false }],
    ['W2A2', -2, 1, 3, 2000, { shift: 13, foldSteps: 341, isHighFolded: false }],
    ['W1A8, high sums in 18 bits', -1, 1, 255, 514, { shift: 14, foldSteps: 16, isHighFolded: false }],
    ['the same with one more', -1, 1, 255, 515, { shift: 14, foldSteps: 16, isHighFolded: true }],
    ['W8A8', -128, 127, 127, 100, { shift: 7, foldSteps: 0, isHighFolded: false }],
  ])('%s', (_, min, max, largest, depth, pairing) => {
    expect(pairingOfRange({ min, max }, { min: 0, max: largest }, depth)).toEqual(pairing);
  });
});

function fitsInt16(value: number): boolean {
  return value >= -32768 && value <= 32767;
}
