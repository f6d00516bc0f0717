import { describe, expect, test } from '@jest/globals';
import {
  type Conv2dOp,
  type DenseOp,
  type GemmOp,
  type Op,
  type OperandViews,
  checkOp,
  fastTypescriptBackend,
  opNames,
  packWeights,
  placeOperands,
  runOp,
  typescriptBackend,
} from '../../src/index.js';
import { conformanceCase } from '../../src/conformance/index.js';
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

/** A convolution of two images with padding of its own on every side. */
const convolution = (
  side: number,
  kernel: readonly [number, number],
  changes: Partial<Conv2dOp> = {},
  [channels, outputs] = [16, 18],
  weight: (i: number) => number = (i) => ((i * 73) % 81) - 40,
): Conv2dOp => {
  const pad = { top: 1, bottom: 2, left: 2, right: 1, value: -128 };
  const [height, width] = [side + 3 - kernel[0] + 1, side + 3 - kernel[1] + 1];
  const shape = [outputs, ...kernel, channels];
  const length = outputs * kernel[0] * kernel[1] * channels;
  return {
    op: 'conv2d',
    inputs: [{ ...byte, zeroPoint: 9, shape: [2, side, side, channels] }],
    weights: packWeights(
      Array.from({ length }, (_, i) => weight(i)),
      shape,
      {
        bits: 8,
        code: 'twosComplement',
        zeroPoint: 0,
      },
    ),
    bias: Int32Array.from({ length: outputs }, (_, i) => 1000 * i),
    strides: [1, 1],
    dilations: [1, 1],
    padding: pad,
    groups: 1,
    requantization: { kind: 'none' },
    output: { ...wide, shape: [2, height, width, outputs] },
    ...changes,
  };
};

describe('kernels', () => {
  test('of their own run matrix products and convolutions, those of the reference the rest', async () => {
    const own = ['gemm', 'conv2d', 'depthwiseConv2d', 'dense'];
    for (const name of opNames) {
      const names = new Set<string>();
      for (const { op } of fc.sample(opCase(name, 'large'), 20)) {
        names.add((await fastTypescriptBackend().prepare(op, await viewsOf(op))).kernel);
      }
      const prefix = `${own.includes(name) ? 'fast-typescript' : 'typescript'} ${name}`;
      expect([...names].some((kernel) => kernel.startsWith(prefix))).toBe(true);
    }
  });

  test('of a matrix product with few rows is that of the reference: packing would not pay', async () => {
    const kernelOf = async (op: Op) => (await fastTypescriptBackend().prepare(op, await viewsOf(op))).kernel;
    expect([await kernelOf(gemm(3)), await kernelOf(gemm(4))]).toEqual([
      'typescript gemm',
      'fast-typescript gemm pairs',
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

describe('winograd', () => {
  const kernelOf = async (op: Op): Promise<string> =>
    (await fastTypescriptBackend().prepare(op, await viewsOf(op))).kernel;

  test.each([
    [[3, 3], 9],
    [[3, 4], 8],
    [[5, 5], 11],
    [[7, 3], 13],
    [[7, 7], 13],
  ] as const)('gives the bytes of the reference for kernels of %j', async (kernel, side) => {
    const op = convolution(side, kernel);
    expect(checkOp(op)).toEqual([]);
    const input = [Int8Array.from({ length: 2 * side * side * 16 }, (_, i) => ((i * 89) & 255) - 128)];
    expect(await runOp(fastTypescriptBackend(), op, input)).toEqual(
      await runOp(typescriptBackend(), op, input),
    );
  });

  test('runs convolutions that it saves enough products of, and no others', async () => {
    const name = 'fast-typescript conv2d winograd 4x4';
    expect(await kernelOf(convolution(9, [3, 3]))).toBe(name);
    expect(await kernelOf(convolution(9, [3, 3], {}, [15, 18]))).not.toBe(name);
    expect(await kernelOf(convolution(9, [1, 3]))).not.toBe(name);
    const strided = { strides: [2, 2], output: { ...wide, shape: [2, 5, 5, 18] } } as const;
    expect(await kernelOf(convolution(9, [3, 3], strided))).not.toBe(name);
  });

  test.each([-128, 127])(
    'is exact up to its bound, and not chosen beyond it, for inputs of %d',
    async (value) => {
      // Inputs differ from their center by 128 at most: 128 * 9 * 127 * 229 is just below 2^25.
      for (const [channels, isChosen] of [
        [229, true],
        [230, false],
      ] as const) {
        const op = convolution(5, [3, 3], {}, [channels, 16], () => 127);
        expect((await kernelOf(op)).includes('winograd')).toBe(isChosen);
        const input = [new Int8Array(2 * 25 * channels).fill(value)];
        expect(await runOp(fastTypescriptBackend(), op, input)).toEqual(
          await runOp(typescriptBackend(), op, input),
        );
      }
    },
  );
});

describe('options', () => {
  test('memory small takes two bytes a weight where the default takes eight or more', () => {
    const op = conformanceCase('dense', { seed: 1, size: 'small' }).op;
    expect(fastTypescriptBackend({ memory: 'small' }).layout(op)).toEqual(fastTypescriptBackend().layout(op));
    const wide3x3 = convolution(9, [3, 3], {}, [32, 32]);
    const weights = 9 * 32 * 32;
    expect(fastTypescriptBackend().layout(wide3x3).constantBytes).toBe(8 * weights + 4 * 32);
    expect(fastTypescriptBackend({ memory: 'small' }).layout(wide3x3).constantBytes).toBe(
      2 * weights + 4 * 32,
    );
  });

  test('that are unknown or unusable are refused', () => {
    const options = { memery: 'small', memory: 'none' } as object;
    expect(() => fastTypescriptBackend(options)).toThrow(
      expect.objectContaining({
        issues: [
          expect.objectContaining({ code: 'UNKNOWN_OPTION', fix: 'did you mean memory?' }),
          expect.objectContaining({ code: 'INVALID_OPTION', path: 'options.memory' }),
        ],
      }),
    );
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
