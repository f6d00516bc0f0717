import { unpackWeights, type Op } from '@bnfree/integer-kernels';
import { outputFactors } from './activationScales.js';

/** Weights (in the order of the op) and biases as real numbers, so that a float layer gives the values of the integer one. */
export function floatWeights(
  op: Extract<Op, { weights: unknown }>,
  inputScale: number,
  outputScale: number,
): { readonly values: Float32Array; readonly bias: Float32Array } {
  const factors = outputFactors(op);
  const codes = unpackWeights(op.weights);
  const values = new Float32Array(codes.length);
  const rowLength = codes.length / factors.length;
  for (let channel = 0, i = 0; channel < factors.length; channel += 1) {
    const factor = (factors[channel] * outputScale) / inputScale;
    for (const end = i + rowLength; i < end; i += 1) values[i] = codes[i] * factor;
  }
  return {
    values,
    bias: Float32Array.from(factors, (factor, channel) => (op.bias?.[channel] ?? 0) * factor * outputScale),
  };
}
