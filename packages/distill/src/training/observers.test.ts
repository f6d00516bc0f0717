import { describe, expect, test } from '@jest/globals';
import { leastSquares, minMax, observeMagnitudes, percentile } from './observers.js';

const ramp = Float32Array.from({ length: 1000 }, (_, i) => i / 1000);
const withOutlier = Float32Array.of(...ramp, 100);

describe('observers', () => {
  test('minMax covers the largest value', () => {
    expect(minMax().step(observeMagnitudes([ramp, Float32Array.of(30)], false), 15)).toBeCloseTo(2);
  });

  test('percentile leaves outliers out', () => {
    const step = percentile(99).step(observeMagnitudes([withOutlier], false), 15);
    expect(step * 15).toBeGreaterThan(0.9);
    expect(step * 15).toBeLessThan(1.2);
  });

  test('leastSquares clips an outlier at few levels when that costs less', () => {
    const histogram = observeMagnitudes(
      [Float32Array.of(...Array.from({ length: 100 }, () => [...ramp]).flat(), 4)],
      false,
    );
    const step = leastSquares().step(histogram, 15);
    expect(step * 15).toBeLessThan(2);
  });

  test('negative values count only where the grid is signed', () => {
    const values = Float32Array.of(-8, 1);
    expect(observeMagnitudes([values], false).largest).toBe(1);
    expect(observeMagnitudes([values], true).largest).toBe(8);
  });

  test('a tap that is always zero still has a grid', () => {
    for (const observer of [minMax(), percentile(99), leastSquares()])
      expect(observer.step(observeMagnitudes([new Float32Array(8)], false), 15)).toBeGreaterThan(0);
  });

  test('a percentile outside 0 to 100 is refused', () => {
    expect(() => percentile(101)).toThrow(RangeError);
  });
});
