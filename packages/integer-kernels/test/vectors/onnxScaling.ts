import type { Requantization } from '../../src/index.js';
import type { OnnxTensor } from './onnxTensor.js';
import { divide, multiply, nearestRescale, rationalOf } from './rational.js';

/**
 * `a_scale * b_scale / y_scale` as multipliers, one for the tensor or one per entry of `bScale`.
 *
 * The scales are floats, hence exact rationals; their quotient becomes the nearest 31-bit multiplier. ONNX rounds the
 * scaled accumulator once, halves to even. No accumulator of the cases lies so near a half that the multiplier's error
 * of 2^-31 could matter, so the bytes must agree.
 */
export function outputScaling(aScale: OnnxTensor, bScale: OnnxTensor, yScale: OnnxTensor): Requantization {
  const [a, y] = [rationalOf(aScale.values[0] ?? 1), rationalOf(yScale.values[0] ?? 1)];
  const rescales = bScale.values.map((b) => nearestRescale(divide(multiply(a, rationalOf(b)), y)));
  return {
    kind: 'multiplier',
    rounding: 'halfToEven',
    multipliers: Int32Array.from(rescales, ({ multiplier }) => multiplier),
    shifts: Int32Array.from(rescales, ({ shift }) => shift),
  };
}
