import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { multiplyRow, multiplyTwoRows, multiplyTwoRowsNarrow } from './multiplyPairs.js';
import { packColumn } from './packColumn.js';
import { packRow } from './packRow.js';
import { pairShape, panelWords } from './pairProduct.js';

/** Values of `min .. max`, often at the ends. */
const values = (length: number, min: number, max: number) =>
  fc.array(fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max)), {
    minLength: length,
    maxLength: length,
  });

/** Rows and columns of one length. */
const operands = (rows: number, row: [number, number], column: [number, number]) =>
  fc.integer({ min: 1, max: 40 }).chain((length) =>
    fc.record({
      rows: fc.array(values(length, ...row), { minLength: rows, maxLength: rows }),
      columns: fc.array(values(length, ...column), { minLength: 1, maxLength: 4 }),
    }),
  );

/** Multiplies by a kernel; sums begin with 7 for the first row and with -9 for the second. */
function multiply(
  kernel: typeof multiplyRow,
  rows: readonly number[][],
  columns: readonly number[][],
): number[][] {
  const shape = pairShape(rows[0].length, columns.length);
  const { pairs } = shape;
  const panel = 2 * pairs;
  const sums = panel + panelWords(shape);
  const words = new Int32Array(sums + 8);
  rows.forEach((row, i) => packRow(words, i, shape, Int32Array.from(row), rows.length));
  columns.forEach((column, i) => {
    packColumn(words, panel, shape, i, Int32Array.from(column));
  });
  words.fill(7, sums, sums + 4).fill(-9, sums + 4);
  kernel(words, 0, panel, pairs, sums, sums + 4);
  return rows.map((_, i) => [...words.subarray(sums + 4 * i, sums + 4 * i + columns.length)]);
}

function multiplyExactly(rows: readonly number[][], columns: readonly number[][]): number[][] {
  return rows.map((row, i) =>
    columns.map((column) =>
      Number(row.reduce((sum, value, k) => sum + BigInt(value) * BigInt(column[k]), i === 0 ? 7n : -9n)),
    ),
  );
}

describe.each([
  ['two rows, any bytes', multiplyTwoRows, 2, [-127, 128], [-128, 127]],
  ['one row, any bytes', multiplyRow, 1, [-127, 128], [-128, 127]],
  ['two narrow rows, seven by eight bits', multiplyTwoRowsNarrow, 2, [-63, 64], [-128, 127]],
  ['two narrow rows, eight by seven bits', multiplyTwoRowsNarrow, 2, [-127, 128], [-64, 63]],
] as const)('%s', (_, kernel, count, row, column) => {
  test('adds exact products to the sums', () => {
    fc.assert(
      fc.property(operands(count, [...row], [...column]), ({ rows, columns }) => {
        expect(multiply(kernel, rows, columns)).toEqual(multiplyExactly(rows, columns));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    [row[0], column[0]],
    [row[0], column[1]],
    [row[1], column[0]],
    [row[1], column[1]],
  ])('is exact where all values are %d and all factors are %d', (value, factor) => {
    const rows = Array.from({ length: count }, () => new Array<number>(11).fill(value));
    const columns = Array.from({ length: 4 }, () => new Array<number>(11).fill(factor));
    expect(multiply(kernel, rows, columns)).toEqual(multiplyExactly(rows, columns));
  });
});
