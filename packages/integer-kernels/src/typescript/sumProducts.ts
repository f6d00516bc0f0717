/**
 * `sum (values[i] * weights[start + i])` over all values.
 *
 * Sums wrap modulo 2^32; the accumulator bound of a valid op keeps the final sum in int32.
 */
export function sumProducts(values: Int32Array, weights: Int16Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum = (sum + Math.imul(values[i], weights[start + i])) | 0;
  return sum;
}
