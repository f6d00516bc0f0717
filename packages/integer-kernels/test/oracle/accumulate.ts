import type { Conv2dOp, DenseOp, DepthwiseConv2dOp, GemmOp } from '../../src/index.js';
import { decodeBits } from './decodeBits.js';
import { grid, inside } from './grid.js';

/** Every product that one accumulator sums, as pairs of factors with the bias as `[bias, 1]`. */
export type Terms = (index: readonly number[]) => (readonly [bigint, bigint])[];

/** What a term's first factor is: an input of the operand, or a constant. */
export type ReadOperand = (operand: number, ...index: number[]) => bigint | undefined;

/** Terms of a plain or depthwise convolution; `read` gives `input - zeroPoint`, or undefined outside the image. */
export function convolutionTerms(op: Conv2dOp | DepthwiseConv2dOp, read: ReadOperand): Terms {
  const { strides, dilations, padding, bias } = op;
  const [input] = op.inputs;
  const [outputChannels, kernelHeight, kernelWidth] = op.weights.shape;
  const depth = op.op === 'conv2d' ? op.weights.shape[3] : 1;
  const weight = grid([outputChannels, kernelHeight, kernelWidth, depth], decodeBits(op.weights));
  const outside = BigInt(padding.value - input.zeroPoint);
  return ([n, y, x, o]) => {
    const terms: [bigint, bigint][] = [[BigInt(bias?.[o] ?? 0), 1n]];
    for (let ky = 0; ky < kernelHeight; ky += 1) {
      for (let kx = 0; kx < kernelWidth; kx += 1) {
        for (let i = 0; i < depth; i += 1) {
          const iy = y * strides[0] + ky * dilations[0] - padding.top;
          const ix = x * strides[1] + kx * dilations[1] - padding.left;
          const channel =
            op.op === 'conv2d'
              ? Math.floor(o / (outputChannels / op.groups)) * depth + i
              : Math.floor(o / op.channelMultiplier);
          terms.push([read(0, n, iy, ix, channel) ?? outside, inside(weight(o, ky, kx, i))]);
        }
      }
    }
    return terms;
  };
}

/** Terms of a fully connected layer. */
export function denseTerms({ weights, bias }: DenseOp, read: ReadOperand): Terms {
  const weight = grid(weights.shape, decodeBits(weights));
  return ([n, unit]) => {
    const terms: [bigint, bigint][] = [[BigInt(bias?.[unit] ?? 0), 1n]];
    for (let i = 0; i < weights.shape[1]; i += 1) {
      terms.push([inside(read(0, n, i)), inside(weight(unit, i))]);
    }
    return terms;
  };
}

/** Terms of a matrix product. */
export function gemmTerms({ inputs: [a], transposeB, bias }: GemmOp, read: ReadOperand): Terms {
  return ([m, n]) => {
    const terms: [bigint, bigint][] = [[BigInt(bias?.[n] ?? 0), 1n]];
    for (let k = 0; k < a.shape[1]; k += 1) {
      terms.push([inside(read(0, m, k)), inside(transposeB ? read(1, n, k) : read(1, k, n))]);
    }
    return terms;
  };
}
