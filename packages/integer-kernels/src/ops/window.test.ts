import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { convolutionOutputSize, distinctTapRanges, insideTaps, windowSpans } from './window.js';

const axis = fc.record({
  inputSize: fc.integer({ min: 1, max: 12 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  before: fc.nat(9),
  after: fc.nat(9),
});

test('windows are counted and cut as when every tap is looked at', () => {
  fc.assert(
    fc.property(axis, (window) => {
      const { inputSize, kernel, stride, dilation, before, after } = window;
      const seen: string[] = [];
      let positions = 0;
      for (let start = -before; start + (kernel - 1) * dilation < inputSize + after; start += stride) {
        const taps = Array.from({ length: kernel }, (_, tap) => start + tap * dilation);
        const isInside = taps.map((x) => x >= 0 && x < inputSize);
        const { from, to } = insideTaps(window, positions);
        expect(isInside).toEqual(taps.map((_, tap) => tap >= from && tap < to));
        seen.push(`${from}:${to}`);
        positions += 1;
      }
      fc.pre(positions > 0);
      expect(convolutionOutputSize(window)).toBe(positions);
      expect(
        distinctTapRanges(window)
          .map(({ from, to }) => `${from}:${to}`)
          .sort(),
      ).toEqual([...new Set(seen)].sort());
    }),
    { numRuns: 2000 },
  );
});

test('spans tell which values a window covers', () => {
  const window = { inputSize: 5, kernel: 3, stride: 2, dilation: 1, before: 1, after: 1 };
  expect(windowSpans(window)).toEqual([
    { first: 0, count: 2 },
    { first: 1, count: 3 },
    { first: 3, count: 2 },
  ]);
});
