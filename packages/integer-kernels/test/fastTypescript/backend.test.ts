import { describe, expect, test } from '@jest/globals';
import {
  type Conv2dOp,
  type DenseOp,
  type GemmOp,
  type Op,
  type OperandViews,
  fastTypescriptBackend,
  opNames,
  placeOperands,
  runOp,
  typescriptBackend,
} from '../../src/index.js';
import { opCase } from '../arbitraries/op.js';
import fc from 'fast-check';

const byte = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const wide = { type: 'int32', zeroPoint: 0, quantMin: -0x80000000, quantMax: 0x7fffffff } as const;

async function viewsOf(op: Op): Promise<OperandViews> {
  const backend = fastTypescriptBackend();
  const places = placeOperands(backend, op);
  return { ...places, arena: await backend.allocate(places.byteLength) };
}

const gemm = (rows: number): GemmOp => ({
  op: 'gemm',
  inputs: [
    { ...byte, shape: [rows, 5] },
    { ...byte, shape: [5, 3] },
  ],
  transposeB: false,
  requantization: { kind: 'none' },
  output: { ...wide, shape: [rows, 3] },
});

/** Weights and inputs whose products are the largest there are. */
const extreme: DenseOp = {
  op: 'dense',
  inputs: [{ ...byte, shape: [3, 9] }],
  weights: {
    bits: 8,
    code: 'twosComplement',
    zeroPoint: 0,
    shape: [5, 9],
    data: new Uint8Array(45).fill(128),
  },
  requantization: { kind: 'none' },
  output: { ...wide, shape: [3, 5] },
};

describe('kernels', () => {
  test('of their own run matrix products and convolutions, those of the reference the rest', async () => {
    const own = ['gemm', 'conv2d', 'depthwiseConv2d', 'dense'];
    for (const name of opNames) {
      const names = new Set<string>();
      for (const { op } of fc.sample(opCase(name, 'large'), 20)) {
        names.add((await fastTypescriptBackend().prepare(op, await viewsOf(op))).kernel);
      }
      expect(names).toContain(`${own.includes(name) ? 'fast-typescript' : 'typescript'} ${name}`);
    }
  });

  test('of a matrix product with few rows is that of the reference: packing would not pay', async () => {
    const kernelOf = async (op: Op) => (await fastTypescriptBackend().prepare(op, await viewsOf(op))).kernel;
    expect([await kernelOf(gemm(3)), await kernelOf(gemm(4))]).toEqual([
      'typescript gemm',
      'fast-typescript gemm',
    ]);
  });

  test.each([
    [-128, 128],
    [127, 128],
    [-128, 127],
  ])('are exact where all inputs are %d and all weights have the bits of %d', async (input, weight) => {
    const op = { ...extreme, weights: { ...extreme.weights, data: new Uint8Array(45).fill(weight) } };
    const values = [new Int8Array(27).fill(input)];
    const product = 9 * input * ((weight << 24) >> 24);
    expect([...(await runOp(fastTypescriptBackend(), op, values))]).toEqual(
      new Array<number>(15).fill(product),
    );
  });

  test('take padding from outside the range of the input', async () => {
    const op: Conv2dOp = {
      op: 'conv2d',
      inputs: [{ ...byte, quantMin: 0, quantMax: 3, shape: [1, 2, 2, 3] }],
      weights: {
        bits: 8,
        code: 'odd',
        zeroPoint: 255,
        shape: [2, 3, 3, 3],
        data: Uint8Array.from({ length: 54 }, (_, i) => (i % 3) * 127),
      },
      strides: [1, 1],
      dilations: [1, 1],
      padding: { top: 1, bottom: 1, left: 1, right: 1, value: -128 },
      groups: 1,
      requantization: { kind: 'none' },
      output: { ...wide, shape: [1, 2, 2, 2] },
    };
    const input = [Int8Array.from({ length: 12 }, (_, i) => i & 3)];
    const expected = await runOp(typescriptBackend(), op, input);
    expect(await runOp(fastTypescriptBackend(), op, input)).toEqual(expected);
  });
});

describe('prepare', () => {
  test('refuses constants and scratch outside the arena', async () => {
    const views = await viewsOf(extreme);
    const outside = { ...views, constantsOffset: views.arena.byteLength, scratchOffset: 8 };
    await expect(fastTypescriptBackend().prepare(extreme, outside)).rejects.toMatchObject({
      issues: [
        { code: 'VIEW_OUT_OF_BOUNDS', path: 'constantsOffset' },
        { code: 'VIEW_OUT_OF_BOUNDS', path: 'scratchOffset' },
      ],
    });
  });

  test('allocate reports what no engine can give', async () => {
    for (const backend of [typescriptBackend(), fastTypescriptBackend()]) {
      await expect(backend.allocate(2 ** 50)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    }
  });
});
