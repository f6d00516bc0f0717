import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { narrowSteps, type ValueRange } from './narrowSteps.js';

/** The same by trying every window of every lane, and its parts, with the worst values, zero among them. */
function byTrying(weights: Int16Array, runs: number, runLength: number, { min, max }: ValueRange): number {
  const steps = Math.ceil(runLength / 4);
  const fits = (row: number, lane: number, first: number, count: number): boolean => {
    let [high, low] = [0, 0];
    for (let step = first; step < first + count; step += 1) {
      for (const k of [lane, lane + 1].map((index) => (step % steps) * 4 + index)) {
        if (k >= runLength) continue;
        const weight = weights[(row * runs + Math.floor(step / steps)) * runLength + k];
        high += Math.max(0, weight * min, weight * max);
        low += Math.min(0, weight * min, weight * max);
      }
    }
    return high <= 32767 && low >= -32768;
  };
  const rows = weights.length / (runs * runLength);
  const fitEverywhere = (count: number): boolean => {
    for (let row = 0; row < rows; row += 1) {
      for (const lane of [0, 2]) {
        for (let first = 0; first + count <= runs * steps; first += 1) {
          if (!fits(row, lane, first, count)) return false;
        }
      }
    }
    return true;
  };
  let count = runs * steps;
  while (!fitEverywhere(count)) count -= 1;
  return count;
}

const signed = { min: -128, max: 127 };
const small = { min: 0, max: 127 };

describe('steps that an int16 sum can take', () => {
  test('are as many as no window of weights exceeds', () => {
    const cases = fc
      .record({
        rows: fc.integer({ min: 1, max: 3 }),
        runs: fc.integer({ min: 1, max: 4 }),
        runLength: fc.integer({ min: 1, max: 30 }),
        largest: fc.constantFrom(1, 7, 15, 60, 127),
        values: fc.constantFrom(small, { min: 0, max: 15 }, { min: 3, max: 90 }),
      })
      .chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          weights: fc.array(fc.integer({ min: -shape.largest, max: shape.largest }), {
            minLength: shape.rows * shape.runs * shape.runLength,
            maxLength: shape.rows * shape.runs * shape.runLength,
          }),
        }),
      );
    fc.assert(
      fc.property(cases, ({ shape, weights }) => {
        const { runs, runLength, values } = shape;
        const row = Int16Array.from(weights);
        expect(narrowSteps(row, { runs, runLength }, values)).toBe(byTrying(row, runs, runLength, values));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('are no more than any part of them allows, where values are never zero', () => {
    // The sum of all three fits, that of the last two does not.
    const weights = Int16Array.from([-60, -60, 0, 0, 100, 100, 0, 0, 100, 100, 0, 0]);
    expect(narrowSteps(weights, { runs: 1, runLength: 12 }, { min: 100, max: 101 })).toBe(1);
  });

  test.each<[string, number, ValueRange, number]>([
    // 2 * 7 * 127 a step and lane: 18 steps are 32004.
    ['4-bit weights, 7-bit values', 7, small, 18],
    ['their negatives', -8, small, 16],
    ['the largest products there are', -128, small, 1],
    ['signed values, small weights', 127, signed, 1],
    ['bits', 1, { min: 0, max: 1 }, 64],
  ])('%s', (_, weight, values, steps) => {
    const weights = new Int16Array(256).fill(weight);
    expect(narrowSteps(weights, { runs: 1, runLength: 256 }, values)).toBe(steps);
  });
});
