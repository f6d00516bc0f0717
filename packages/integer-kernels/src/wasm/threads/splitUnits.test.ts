import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitUnits } from './splitUnits.js';

test('parts follow one another, cover all units, begin at multiples of the step and differ by a step at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
      (units, unitStep, threads, stepsBefore) => {
        const first = stepsBefore * unitStep;
        const range = { begin: first, end: first + units };
        const parts = splitUnits(range, { units: range.end, unitStep, unitCost: 1 }, threads);
        const steps = Math.ceil(units / unitStep);
        expect(parts.length).toBe(Math.min(threads, steps));
        expect(parts.map(({ begin }) => begin)).toEqual([first, ...parts.slice(0, -1).map(({ end }) => end)]);
        expect(parts[parts.length - 1].end).toBe(range.end);
        const sizes = parts.map(({ begin, end }) => Math.ceil((end - begin) / unitStep));
        expect(parts.every(({ begin }) => begin % unitStep === 0)).toBe(true);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
      },
    ),
  );
});
