import { describe, expect, test } from '@jest/globals';
import { leastSquares, minMax, observeMagnitudes, percentile } from './observers.js';

const ramp = Float32Array.from({ length: 1000 }, (_, i) => i / 1000);
const withOutlier = Float32Array.of(...ramp, 100);

describe('observers', () => {
  test('minMax covers the largest value', async () => {
    expect(minMax().step(await observeMagnitudes(() => [ramp, Float32Array.of(30)], false), 15)).toBeCloseTo(
      2,
    );
  });

  test('percentile leaves outliers out', async () => {
    const step = percentile(99).step(await observeMagnitudes(() => [withOutlier], false), 15);
    expect(step * 15).toBeGreaterThan(0.9);
    expect(step * 15).toBeLessThan(1.2);
  });

  test('leastSquares clips an outlier at few levels when that costs less', async () => {
    const histogram = await observeMagnitudes(
      () => [Float32Array.of(...Array.from({ length: 100 }, () => [...ramp]).flat(), 4)],
      false,
    );
    const step = leastSquares().step(histogram, 15);
    expect(step * 15).toBeLessThan(2);
  });

  test('negative values count only where the grid is signed', async () => {
    const values = Float32Array.of(-8, 1);
    expect((await observeMagnitudes(() => [values], false)).largest).toBe(1);
    expect((await observeMagnitudes(() => [values], true)).largest).toBe(8);
  });

  test('a tap that is always zero still has a grid', async () => {
    for (const observer of [minMax(), percentile(99), leastSquares()])
      expect(observer.step(await observeMagnitudes(() => [new Float32Array(8)], false), 15)).toBeGreaterThan(
        0,
      );
  });

  test('a percentile outside 0 to 100 is refused', () => {
    expect(() => percentile(101)).toThrow(RangeError);
  });
});
