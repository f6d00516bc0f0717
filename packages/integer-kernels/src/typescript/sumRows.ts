/**
 * `sums[row] = sum (values[i] * weights[row * values.length + i])` for every row of `sums`.
 *
 * Four rows at a time: a value that was loaded serves four products, which halves the time.
 * Sums wrap modulo 2^32; the accumulator bound of a valid op keeps the final sums in int32.
 *
 * @param firstRow the row of `weights` that `sums[0]` belongs to
 */
export function sumRows(values: Int32Array, weights: Int16Array, firstRow: number, sums: Int32Array): void {
  const length = values.length;
  const whole = sums.length & ~3;
  let start = Math.imul(firstRow, length);
  for (let row = 0; row < whole; row += 4) {
    sumFourRows(values, weights, start, sums, row);
    start += length << 2;
  }
  for (let row = whole; row < sums.length; row += 1) {
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum = (sum + Math.imul(values[i], weights[start + i])) | 0;
    sums[row] = sum;
    start += length;
  }
}

function sumFourRows(
  values: Int32Array,
  weights: Int16Array,
  start: number,
  sums: Int32Array,
  row: number,
): void {
  const length = values.length;
  const second = start + length;
  const third = second + length;
  const fourth = third + length;
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let i = 0; i < length; i += 1) {
    const value = values[i];
    sum0 = (sum0 + Math.imul(value, weights[start + i])) | 0;
    sum1 = (sum1 + Math.imul(value, weights[second + i])) | 0;
    sum2 = (sum2 + Math.imul(value, weights[third + i])) | 0;
    sum3 = (sum3 + Math.imul(value, weights[fourth + i])) | 0;
  }
  sums[row] = sum0;
  sums[row + 1] = sum1;
  sums[row + 2] = sum2;
  sums[row + 3] = sum3;
}
