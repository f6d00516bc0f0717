import { describe, expect, test } from '@jest/globals';
import { pairedTest } from './pairedTest.js';

/** Two classifiers that differ on `better + worse` images. */
function pair(better: number, worse: number): [Uint8Array, Uint8Array] {
  const first = [...Array.from({ length: better }, () => 1), ...Array.from({ length: worse }, () => 0), 1, 0];
  const second = [
    ...Array.from({ length: better }, () => 0),
    ...Array.from({ length: worse }, () => 1),
    1,
    0,
  ];
  return [Uint8Array.from(first), Uint8Array.from(second)];
}

describe('pairedTest', () => {
  test.each([
    // Sums of binomial coefficients over powers of two, by hand.
    [0, 5, 2 / 32],
    [1, 5, (2 * (1 + 6)) / 64],
    [5, 1, (2 * (1 + 6)) / 64],
    [2, 2, 1],
    [0, 0, 1],
    [0, 1, 1],
  ])('%i better and %i worse: p = %f', (better, worse, p) => {
    const found = pairedTest(...pair(better, worse));
    expect(found).toMatchObject({ better, worse });
    expect(found.p).toBeCloseTo(p, 12);
  });

  test('stays in range for thousands of differences', () => {
    expect(pairedTest(...pair(1000, 1000)).p).toBe(1);
    expect(pairedTest(...pair(2000, 1000)).p).toBeLessThan(1e-50);
  });
});
