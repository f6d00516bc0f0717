import type { TensorValues } from '../memory/tensorView.js';

/**
 * `sum (values[valueStart + i] - zeroPoint) * weights[weightStart + i]` for `count` terms.
 *
 * Sums wrap modulo 2^32; the accumulator bound of a valid op keeps the final sum in int32.
 */
export function sumProducts(
  values: TensorValues,
  valueStart: number,
  zeroPoint: number,
  weights: Int16Array,
  weightStart: number,
  count: number,
): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    sum = (sum + Math.imul(values[valueStart + i] - zeroPoint, weights[weightStart + i])) | 0;
  }
  return sum;
}

/** `sum (weights[start + i])` for `count` weights, modulo 2^32. */
export function sumWeights(weights: Int16Array, start: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum = (sum + weights[start + i]) | 0;
  return sum;
}
