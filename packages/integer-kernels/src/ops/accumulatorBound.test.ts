import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { opCase } from '../../test/arbitraries/op.js';
import { convolutionTerms, denseTerms, gemmTerms } from '../../test/oracle/accumulate.js';
import { boundExactly } from '../../test/oracle/boundExactly.js';
import { indicesOf } from '../../test/oracle/grid.js';
import type { AddOp } from './add.js';
import type { AveragePool2dOp } from './averagePool2d.js';
import { checkOp } from './checkOp.js';
import type { GlobalAveragePool2dOp } from './globalAveragePool2d.js';
import type { RequantizeOp } from './requantize.js';
import { definitionOf } from './opDefinitions.js';

test.each(['conv2d', 'depthwiseConv2d', 'dense', 'gemm'] as const)(
  '%s: bound, output shape and MACs equal those of a sum that is written out',
  (name) => {
    fc.assert(
      fc.property(opCase(name, 'small'), ({ op }) => {
        if (op.op !== 'gemm' && op.op !== 'dense' && op.op !== 'conv2d' && op.op !== 'depthwiseConv2d')
          return;
        const definition = definitionOf(op);
        expect(definition.accumulatorBound(op).magnitude).toBe(Number(boundExactly(op)));
        const zero = (): bigint => 0n;
        const terms =
          op.op === 'gemm'
            ? gemmTerms(op, zero)
            : op.op === 'dense'
              ? denseTerms(op, zero)
              : convolutionTerms(op, zero);
        // One term of each sum is the bias.
        const products = indicesOf(definition.outputShape(op)).map((index) => terms(index).length - 1);
        expect(definition.macs(op)).toBe(products.reduce((sum, count) => sum + count, 0));
      }),
    );
  },
);

const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;

test('averagePool2d sums stored values, at most those of a window inside the image', () => {
  const input = { ...int8, zeroPoint: 100, shape: [1, 2, 9, 1] };
  const op: AveragePool2dOp = {
    op: 'averagePool2d',
    inputs: [input],
    output: { ...input, shape: [1, 2, 7, 1] },
    kernel: [3, 3],
    strides: [1, 1],
    padding: { top: 1, bottom: 1, left: 0, right: 0 },
    rounding: 'halfUp',
  };
  expect(definitionOf(op).accumulatorBound(op).magnitude).toBe(2 * 3 * 128);
});

test('globalAveragePool2d sums differences from the zero point over the whole image', () => {
  const op: GlobalAveragePool2dOp = {
    op: 'globalAveragePool2d',
    inputs: [{ ...int8, zeroPoint: -128, shape: [1, 7, 5, 2] }],
    output: { ...int8, shape: [1, 2] },
    requantization: { kind: 'divide', rounding: 'halfUp', divisors: Int32Array.of(35) },
  };
  expect(definitionOf(op).accumulatorBound(op).magnitude).toBe(35 * 255);
});

test('add is bounded by its shifted operands and by their rescaled sum', () => {
  const shape = [1, 2];
  const op: AddOp = {
    op: 'add',
    inputs: [
      { ...int8, shape },
      { ...int8, zeroPoint: 127, shape },
    ],
    output: { ...int8, shape },
    leftShift: 4,
    rescales: [
      { multiplier: 1, shift: 2 },
      { multiplier: 1, shift: 0 },
    ],
    outputRescale: { multiplier: 1, shift: 0 },
    rounding: 'halfUp',
  };
  expect(definitionOf(op).accumulatorBound(op).magnitude).toBe(128 * 4 + 255 * 16);
  const shrunk = { ...op, rescales: [op.rescales[0], op.rescales[0]] } as const;
  expect(definitionOf(shrunk).accumulatorBound(shrunk).magnitude).toBe(255 * 16);
  const overflowing = {
    ...op,
    leftShift: 20,
    rescales: [op.rescales[1], { multiplier: 9, shift: 0 }],
  } as const;
  expect(checkOp(overflowing)).toMatchObject([{ code: 'ACCUMULATOR_OVERFLOW' }]);
});

test('an int32 that is not summed may be any int32', () => {
  const int32 = {
    shape: [1, 2],
    type: 'int32',
    zeroPoint: 0,
    quantMin: -0x80000000,
    quantMax: 0x7fffffff,
  } as const;
  const op: RequantizeOp = {
    op: 'requantize',
    inputs: [int32],
    output: { ...int8, shape: [1, 2] },
    requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(24) },
  };
  expect(checkOp(op)).toEqual([]);
  expect(definitionOf(op).accumulatorBound(op).magnitude).toBe(0x7fffffff);
});
