import { describe, expect, test } from '@jest/globals';
import { type ActivationSpec, type Conv2dOp, type Op, narrowAccumulator, packWeights } from '../index.js';

const activation = (shape: readonly number[], quantMin = 0, quantMax = 127): ActivationSpec => ({
  shape,
  type: 'int8',
  zeroPoint: 0,
  quantMin,
  quantMax,
});
const format = { bits: 8, code: 'twosComplement', zeroPoint: 0 } as const;
const none = { kind: 'none' } as const;
const int32 = (shape: readonly number[]): ActivationSpec => ({
  ...activation(shape, -(2 ** 31), 2 ** 31 - 1),
  type: 'int32',
});

function conv(weights: readonly number[], padding = 0, value = 0): Conv2dOp {
  return {
    op: 'conv2d',
    inputs: [activation([1, 2, 2, 1])],
    output: int32([1, 1 + 2 * padding, 1 + 2 * padding, weights.length / 4]),
    weights: packWeights(Int16Array.from(weights), [weights.length / 4, 2, 2, 1], format),
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: padding, bottom: padding, left: padding, right: padding, value },
    groups: 1,
    requantization: none,
  };
}

describe('sums in 16 bits', () => {
  test('fit where the weights of every channel times the largest value do', () => {
    // 258 * 127 = 32766 and 259 * 127 = 32893.
    expect(narrowAccumulator(conv([127, -127, 4, 0]))).toEqual({ fits: true, ratio: 32766 / 32767 });
    expect(narrowAccumulator(conv([1, 0, 0, 0, 127, -127, 4, 1]))).toEqual({
      fits: false,
      ratio: 32893 / 32767,
    });
  });

  test('hold the padding as well, but only where there is some', () => {
    expect(narrowAccumulator(conv([1, 1, 0, 0], 0, -128))?.ratio).toBe((2 * 127) / 32767);
    expect(narrowAccumulator(conv([1, 1, 0, 0], 1, -128))?.ratio).toBe((2 * 128) / 32767);
  });

  test.each<[string, Op, number]>([
    [
      'dense',
      {
        op: 'dense',
        inputs: [activation([1, 3], -128)],
        output: int32([1, 1]),
        weights: packWeights(Int16Array.of(1, -2, 3), [1, 3], format),
        requantization: none,
      },
      6 * 128,
    ],
    [
      'depthwise',
      {
        ...conv([3, -4, 0, 1]),
        op: 'depthwiseConv2d',
        channelMultiplier: 1,
        weights: packWeights(Int16Array.of(3, -4, 0, 1), [1, 2, 2], format),
      },
      8 * 127,
    ],
    [
      // The values of B lose their zero point, those of A do not.
      'gemm',
      {
        op: 'gemm',
        inputs: [
          { ...activation([2, 5]), zeroPoint: 100 },
          { ...activation([5, 3], -8, 7), zeroPoint: 3 },
        ],
        output: int32([2, 3]),
        transposeB: false,
        requantization: none,
      },
      5 * 127 * 11,
    ],
  ])('of %s', (_, op, bound) => {
    expect(narrowAccumulator(op)?.ratio).toBe(bound / 32767);
  });

  test('are no question for ops without products', () => {
    const tensor = activation([1, 4]);
    expect(narrowAccumulator({ op: 'reshape', inputs: [tensor], output: tensor })).toBeUndefined();
  });
});
