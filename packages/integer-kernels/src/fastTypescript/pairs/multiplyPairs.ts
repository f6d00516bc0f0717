/*
 * Two products with one multiplication of int32.
 *
 * A word of a row holds two values, `x0 + x1 * 2^16`, and a word of a column their factors the other way around,
 * `v1 + v0 * 2^16`. Modulo 2^32 the product of the words is
 *
 *   x0 * v1 + (x0 * v0 + x1 * v1) * 2^16,
 *
 * so that adding 2^15 and shifting right by 16 leaves `x0 * v0 + x1 * v1`, exact where that sum and `x0 * v1` fit in int16.
 * Where two such products together fit as well, they are added before the shift: the narrow kernel.
 *
 * Columns lie in panels of four, a word of each after the other; two rows are interleaved in the same way. All of it lies in
 * one array: the engine then keeps fewer addresses and bounds in registers, and more sums. Sums wrap modulo 2^32.
 */

/**
 * Adds the products of one or two rows and four columns to sums.
 *
 * @param words all memory
 * @param row first word of the rows
 * @param column first word of the panel
 * @param pairs words of a row, an even number
 * @param sums where the four sums of the first row stand
 * @param nextSums where those of the second row stand
 */
export type MultiplyPairs = (
  words: Int32Array,
  row: number,
  column: number,
  pairs: number,
  sums: number,
  nextSums: number,
) => void;

/** Two rows of values -127 .. 128 by four columns of values -128 .. 127. */
export const multiplyTwoRows: MultiplyPairs = (words, row, column, pairs, sums, nextSums) => {
  let a0 = words[sums];
  let a1 = words[sums + 1];
  let a2 = words[sums + 2];
  let a3 = words[sums + 3];
  let b0 = words[nextSums];
  let b1 = words[nextSums + 1];
  let b2 = words[nextSums + 2];
  let b3 = words[nextSums + 3];
  for (const end = row + (pairs << 1); row < end; row += 4, column += 8) {
    let a = words[row];
    let b = words[row + 1];
    let v0 = words[column];
    let v1 = words[column + 1];
    let v2 = words[column + 2];
    let v3 = words[column + 3];
    a0 = (a0 + ((Math.imul(a, v0) + 0x8000) >> 16)) | 0;
    a1 = (a1 + ((Math.imul(a, v1) + 0x8000) >> 16)) | 0;
    a2 = (a2 + ((Math.imul(a, v2) + 0x8000) >> 16)) | 0;
    a3 = (a3 + ((Math.imul(a, v3) + 0x8000) >> 16)) | 0;
    b0 = (b0 + ((Math.imul(b, v0) + 0x8000) >> 16)) | 0;
    b1 = (b1 + ((Math.imul(b, v1) + 0x8000) >> 16)) | 0;
    b2 = (b2 + ((Math.imul(b, v2) + 0x8000) >> 16)) | 0;
    b3 = (b3 + ((Math.imul(b, v3) + 0x8000) >> 16)) | 0;
    a = words[row + 2];
    b = words[row + 3];
    v0 = words[column + 4];
    v1 = words[column + 5];
    v2 = words[column + 6];
    v3 = words[column + 7];
    a0 = (a0 + ((Math.imul(a, v0) + 0x8000) >> 16)) | 0;
    a1 = (a1 + ((Math.imul(a, v1) + 0x8000) >> 16)) | 0;
    a2 = (a2 + ((Math.imul(a, v2) + 0x8000) >> 16)) | 0;
    a3 = (a3 + ((Math.imul(a, v3) + 0x8000) >> 16)) | 0;
    b0 = (b0 + ((Math.imul(b, v0) + 0x8000) >> 16)) | 0;
    b1 = (b1 + ((Math.imul(b, v1) + 0x8000) >> 16)) | 0;
    b2 = (b2 + ((Math.imul(b, v2) + 0x8000) >> 16)) | 0;
    b3 = (b3 + ((Math.imul(b, v3) + 0x8000) >> 16)) | 0;
  }
  words[sums] = a0;
  words[sums + 1] = a1;
  words[sums + 2] = a2;
  words[sums + 3] = a3;
  words[nextSums] = b0;
  words[nextSums + 1] = b1;
  words[nextSums + 2] = b2;
  words[nextSums + 3] = b3;
};

/** Two rows by four columns, where any four products together fit in int16. */
export const multiplyTwoRowsNarrow: MultiplyPairs = (words, row, column, pairs, sums, nextSums) => {
  let a0 = words[sums];
  let a1 = words[sums + 1];
  let a2 = words[sums + 2];
  let a3 = words[sums + 3];
  let b0 = words[nextSums];
  let b1 = words[nextSums + 1];
  let b2 = words[nextSums + 2];
  let b3 = words[nextSums + 3];
  for (const end = row + (pairs << 1); row < end; row += 4, column += 8) {
    const a = words[row];
    const b = words[row + 1];
    const c = words[row + 2];
    const d = words[row + 3];
    let v = words[column];
    let w = words[column + 4];
    a0 = (a0 + ((Math.imul(a, v) + Math.imul(c, w) + 0x8000) >> 16)) | 0;
    b0 = (b0 + ((Math.imul(b, v) + Math.imul(d, w) + 0x8000) >> 16)) | 0;
    v = words[column + 1];
    w = words[column + 5];
    a1 = (a1 + ((Math.imul(a, v) + Math.imul(c, w) + 0x8000) >> 16)) | 0;
    b1 = (b1 + ((Math.imul(b, v) + Math.imul(d, w) + 0x8000) >> 16)) | 0;
    v = words[column + 2];
    w = words[column + 6];
    a2 = (a2 + ((Math.imul(a, v) + Math.imul(c, w) + 0x8000) >> 16)) | 0;
    b2 = (b2 + ((Math.imul(b, v) + Math.imul(d, w) + 0x8000) >> 16)) | 0;
    v = words[column + 3];
    w = words[column + 7];
    a3 = (a3 + ((Math.imul(a, v) + Math.imul(c, w) + 0x8000) >> 16)) | 0;
    b3 = (b3 + ((Math.imul(b, v) + Math.imul(d, w) + 0x8000) >> 16)) | 0;
  }
  words[sums] = a0;
  words[sums + 1] = a1;
  words[sums + 2] = a2;
  words[sums + 3] = a3;
  words[nextSums] = b0;
  words[nextSums + 1] = b1;
  words[nextSums + 2] = b2;
  words[nextSums + 3] = b3;
};

/** A single row of values -127 .. 128 by four columns of values -128 .. 127. */
export const multiplyRow: MultiplyPairs = (words, row, column, pairs, sums) => {
  let a0 = words[sums];
  let a1 = words[sums + 1];
  let a2 = words[sums + 2];
  let a3 = words[sums + 3];
  for (const end = row + pairs; row < end; row += 2, column += 8) {
    const a = words[row];
    const b = words[row + 1];
    a0 = (a0 + ((Math.imul(a, words[column]) + 0x8000) >> 16)) | 0;
    a1 = (a1 + ((Math.imul(a, words[column + 1]) + 0x8000) >> 16)) | 0;
    a2 = (a2 + ((Math.imul(a, words[column + 2]) + 0x8000) >> 16)) | 0;
    a3 = (a3 + ((Math.imul(a, words[column + 3]) + 0x8000) >> 16)) | 0;
    a0 = (a0 + ((Math.imul(b, words[column + 4]) + 0x8000) >> 16)) | 0;
    a1 = (a1 + ((Math.imul(b, words[column + 5]) + 0x8000) >> 16)) | 0;
    a2 = (a2 + ((Math.imul(b, words[column + 6]) + 0x8000) >> 16)) | 0;
    a3 = (a3 + ((Math.imul(b, words[column + 7]) + 0x8000) >> 16)) | 0;
  }
  words[sums] = a0;
  words[sums + 1] = a1;
  words[sums + 2] = a2;
  words[sums + 3] = a3;
};
