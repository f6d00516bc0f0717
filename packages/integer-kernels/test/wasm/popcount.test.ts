import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Conv2dOp, packCodes, type TensorValues, wasmBackend } from '../../src/index.js';
import { conv2d } from '../../src/wasm/conv2d.js';
import { dense } from '../../src/wasm/dense.js';
import { kernelTarget } from '../../src/wasm/kernelTarget.js';
import { chooseKernel } from '../../src/wasm/kernels.js';
import { differenceFromReference, layoutChoices } from '../differenceFromReference.js';

const target = kernelTarget({}, { simd: true, relaxedSimd: false });
const popcount = conv2d.find(({ name }) => name === 'popcount');

interface Shape {
  readonly channels: number;
  readonly outputs: number;
  readonly kernel: readonly [number, number];
  readonly pad: number;
  readonly stride: number;
  readonly dilation: number;
  /** Of the two values, and the one that the zero point is. */
  readonly smallest: number;
  readonly zeroPoint: number;
  readonly padding: number;
  readonly isUnsigned: boolean;
}

/** A convolution of bits with weights of -1 and 1 that `bit` chooses. */
function convolution(shape: Shape, bit: (index: number) => number): Conv2dOp {
  const { channels, outputs, kernel, pad, stride, dilation, smallest, zeroPoint, padding } = shape;
  const size = [7, 9];
  const [height, width] = size.map(
    (extent, axis) => Math.floor((extent + 2 * pad - (kernel[axis] - 1) * dilation - 1) / stride) + 1,
  );
  const weightShape = [outputs, ...kernel, channels];
  const length = weightShape.reduce((product, extent) => product * extent, 1);
  const format = { bits: 1, code: 'sign', zeroPoint: 0 } as const;
  return {
    op: 'conv2d',
    inputs: [
      {
        type: shape.isUnsigned ? 'uint8' : 'int8',
        zeroPoint,
        quantMin: smallest,
        quantMax: smallest + 1,
        shape: [2, ...size, channels],
      },
    ],
    weights: packCodes(
      Uint8Array.from({ length }, (_, index) => bit(index)),
      weightShape,
      format,
    ),
    bias: Int32Array.from({ length: outputs }, (_, output) => output * 1000 - 3000),
    strides: [stride, stride],
    dilations: [dilation, dilation],
    padding: { top: pad, bottom: pad, left: pad, right: pad, value: padding },
    groups: 1,
    requantization: { kind: 'none' },
    output: {
      type: 'int32',
      zeroPoint: 0,
      quantMin: -0x80000000,
      quantMax: 0x7fffffff,
      shape: [2, height, width, outputs],
    },
  };
}

function values({ inputs: [{ shape, type, quantMin }] }: Conv2dOp, bit: (index: number) => number) {
  const length = shape.reduce((product, extent) => product * extent, 1);
  const list = Array.from({ length }, (_, index) => quantMin + bit(index));
  return (type === 'uint8' ? Uint8Array.from(list) : Int8Array.from(list)) as TensorValues;
}

/** Bits that look random. */
const mixed = (index: number): number => (Math.imul(index + 1, 0x9e3779b1) >>> 30) & 1;
const patterns = [() => 0, () => 1, mixed, (index: number) => index & 1];

const shapes: fc.Arbitrary<Shape> = fc
  .record({
    channels: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(32, 64, 96, 256, 300)),
    outputs: fc.integer({ min: 1, max: 20 }),
    kernel: fc.constantFrom<readonly [number, number]>([1, 1], [3, 3], [1, 5], [2, 3]),
    pad: fc.integer({ min: 2, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    smallest: fc.constantFrom(0, 1, 126),
    isUnsigned: fc.boolean(),
    padsWithLargest: fc.boolean(),
    isZeroLargest: fc.boolean(),
  })
  .map(({ isUnsigned, padsWithLargest, isZeroLargest, ...shape }) => {
    const smallest = isUnsigned ? shape.smallest : -shape.smallest;
    const [padding, zeroPoint] = [padsWithLargest, isZeroLargest].map(
      (largest) => smallest + Number(largest),
    );
    return { ...shape, isUnsigned, smallest, padding, zeroPoint };
  });

describe('counted bits', () => {
  test('equal the reference for every channel count, padding and layout', async () => {
    const backend = wasmBackend({ kernels: ['popcount'] });
    const kinds = fc.constantFrom(...patterns);
    const choices = fc.constantFrom(...layoutChoices);
    await fc.assert(
      fc.asyncProperty(
        shapes,
        kinds,
        kinds,
        choices,
        fc.nat(),
        async (shape, weight, value, choice, seed) => {
          const op = convolution(shape, weight);
          expect(popcount?.supports?.(op, target)).toBe(true);
          const drawn = { op, inputs: [values(op, value)] };
          expect(await differenceFromReference(backend, drawn, choice, seed)).toBeUndefined();
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  }, 60_000);

  const plain: Shape = {
    channels: 64,
    outputs: 16,
    kernel: [3, 3],
    pad: 1,
    stride: 1,
    dilation: 1,
    smallest: 0,
    zeroPoint: 0,
    padding: 0,
    isUnsigned: true,
  };

  test('are chosen for weights and activations of one bit', () => {
    expect(chooseKernel(convolution(plain, mixed), target).name).toBe('popcount');
  });

  test.each<[string, Conv2dOp]>([
    ['a padding that is a third value', convolution({ ...plain, padding: 2 }, mixed)],
    [
      'activations of three values',
      {
        ...convolution(plain, mixed),
        inputs: [{ type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 2, shape: [2, 7, 9, 64] }],
      },
    ],
    [
      'weights of 0 and 1',
      {
        ...convolution(plain, mixed),
        weights: packCodes(new Uint8Array(16 * 9 * 64), [16, 3, 3, 64], {
          bits: 1,
          code: 'unsigned',
          zeroPoint: 0,
        }),
      },
    ],
    [
      'weights with a zero point',
      {
        ...convolution(plain, mixed),
        weights: packCodes(new Uint8Array(16 * 9 * 64), [16, 3, 3, 64], {
          bits: 1,
          code: 'sign',
          zeroPoint: 1,
        }),
      },
    ],
  ])('are not for %s', (_, op) => {
    expect(popcount?.supports?.(op, target)).toBe(false);
  });
});

describe('the choice for fully connected layers', () => {
  const layer = (rows: number, size: number, bits: 1 | 2 | 4, largest: number) => ({
    op: 'dense' as const,
    inputs: [{ type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: largest, shape: [rows, size] }] as const,
    weights: packCodes(
      Uint8Array.from({ length: size * size }, (_, index) => mixed(index) * (2 ** bits - 1)),
      [size, size],
      { bits, code: bits === 1 ? 'sign' : 'twosComplement', zeroPoint: 0 },
    ),
    requantization: { kind: 'none' } as const,
    output: {
      type: 'int32',
      zeroPoint: 0,
      quantMin: -0x80000000,
      quantMax: 0x7fffffff,
      shape: [rows, size],
    } as const,
  });

  test.each<[string, number, number, 1 | 2 | 4, number, string]>([
    ['one row of bits', 1, 1024, 1, 1, 'gemvTables'],
    ['many rows of bits', 8, 1024, 1, 1, 'popcount'],
    ['many rows of four levels', 64, 1024, 1, 3, 'gemvTables'],
    ['the same of few weights', 64, 128, 1, 3, 'paired'],
    ['many rows of eight bits', 64, 1024, 1, 255, 'paired'],
    ['a row of 4-bit weights', 1, 1024, 4, 15, 'gemv'],
    ['some rows of 4-bit weights', 8, 1024, 4, 15, 'paired'],
    ['some rows of 2-bit weights', 8, 1024, 2, 3, 'gemvTables'],
    ['many rows of 2-bit weights', 64, 1024, 2, 3, 'paired'],
  ])('%s', (_, rows, size, bits, largest, name) => {
    const op = layer(rows, size, bits, largest);
    expect(chooseKernel(op, target).name).toBe(name);
    expect(dense.find((candidate) => candidate.name === name)?.supports?.(op, target) ?? true).toBe(true);
  });
});
