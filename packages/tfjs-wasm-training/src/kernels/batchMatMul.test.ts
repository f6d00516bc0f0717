import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { noise, relativeDifference, tolerance } from '../../test/onBackends.js';
import { installTrainingKernels } from '../installTrainingKernels.js';

let undo: () => void;
beforeAll(() => {
  undo = installTrainingKernels();
});
afterAll(() => {
  undo();
});

interface Product {
  readonly outer: [number[], number[]];
  readonly sizes: [rows: number, inner: number, columns: number];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function multiply({ outer, sizes, transposeA, transposeB }: Product): tf.Tensor[] {
  const [rows, inner, columns] = sizes;
  const a = noise([...outer[0], ...(transposeA ? [inner, rows] : [rows, inner])], 1);
  const b = noise([...outer[1], ...(transposeB ? [columns, inner] : [inner, columns])], 2);
  return [tf.matMul(a, b, transposeA, transposeB)];
}

describe('BatchMatMul equals that of the cpu backend', () => {
  const flags = [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({ transposeA, transposeB })),
  );

  test.each(flags)('for one large pair, %o', async ({ transposeA, transposeB }) => {
    const product: Product = { outer: [[], []], sizes: [33, 70, 29], transposeA, transposeB };
    expect(await relativeDifference(() => multiply(product))).toBeLessThan(tolerance);
  });

  test.each(flags)('for many large pairs, %o', async ({ transposeA, transposeB }) => {
    const product: Product = { outer: [[2, 2], [2, 2]], sizes: [50, 60, 51], transposeA, transposeB }; // prettier-ignore
    expect(await relativeDifference(() => multiply(product))).toBeLessThan(tolerance);
  });

  test('for one large matrix against many', async () => {
    const product: Product = { outer: [[3], [1]], sizes: [50, 60, 51], transposeA: true, transposeB: false };
    expect(await relativeDifference(() => multiply(product))).toBeLessThan(tolerance);
    const swapped: Product = { outer: [[1], [3]], sizes: [50, 60, 51], transposeA: false, transposeB: true };
    expect(await relativeDifference(() => multiply(swapped))).toBeLessThan(tolerance);
  });

  test('for random sizes and batches', async () => {
    const size = fc.integer({ min: 1, max: 40 });
    const outer = fc.constantFrom<[number[], number[]]>([[], []], [[1], [1]], [[2], [2]], [[2, 1], [2, 1]], [[3], [1]]); // prettier-ignore
    const products = fc.record({
      outer,
      sizes: fc.tuple(size, size, size),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(products, async (product) => {
        expect(await relativeDifference(() => multiply(product))).toBeLessThan(tolerance);
      }),
      { numRuns: 100 },
    );
  });
});
