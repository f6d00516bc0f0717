import { describe, expect, test } from '@jest/globals';
import {
  type ActivationSpec,
  type Conv2dOp,
  type TensorValues,
  type Weights,
  convolutionOutputSize,
  denseLayout,
  packWeights,
  runOp,
  typescriptBackend,
  wasmBackend,
} from '../../src/index.js';
import { conv2d } from '../../src/wasm/conv2d.js';
import { planWinograd } from '../../src/wasm/winograd/winogradPlan.js';
import { winograd } from '../../src/wasm/winograd/winograd.js';
import { kernelTarget } from '../../src/wasm/kernelTarget.js';
import { guardedRun } from '../../src/conformance/guardedRun.js';
import type { LayoutChoice } from '../../src/conformance/layoutChoice.js';
import { sequence } from '../../src/conformance/sequence.js';
import { runPlan } from './runPlan.js';

const fast = kernelTarget({}, { simd: true, relaxedSimd: false });
const reference = typescriptBackend();
const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const uint8 = { type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 255 } as const;
const relu = { type: 'int8', zeroPoint: 0, quantMin: 0, quantMax: 127 } as const;

interface Drawn {
  readonly size?: readonly [number, number];
  readonly batch?: number;
  readonly channels?: number;
  readonly filters?: number;
  readonly kernel?: readonly [number, number];
  readonly stride?: number;
  readonly pad?: number;
  readonly value?: number;
  readonly groups?: number;
  readonly input?: Omit<ActivationSpec, 'shape'>;
  readonly weights?: (index: number) => number;
  readonly format?: Omit<Weights, 'shape' | 'data'>;
}

/** A convolution whose output is the accumulator. */
function convolution(drawn: Drawn): Conv2dOp {
  const { size = [9, 9], batch = 1, channels = 8, filters = 8, kernel = [3, 3], stride = 1 } = drawn;
  const { pad = 1, value = 0, groups = 1, input = int8, weights = () => 1 } = drawn;
  const { format = { bits: 8, code: 'twosComplement', zeroPoint: 0 } } = drawn;
  const shape = [filters, kernel[0], kernel[1], channels / groups];
  const extent = (axis: 0 | 1): number =>
    convolutionOutputSize({
      inputSize: size[axis],
      kernel: kernel[axis],
      stride,
      dilation: 1,
      before: pad,
      after: pad,
    });
  const length = shape.reduce((product, axis) => product * axis, 1);
  return {
    op: 'conv2d',
    inputs: [{ ...input, shape: [batch, size[0], size[1], channels] }],
    output: {
      type: 'int32',
      zeroPoint: 0,
      quantMin: -0x80000000,
      quantMax: 0x7fffffff,
      shape: [batch, extent(0), extent(1), filters],
    },
    weights: packWeights(
      Array.from({ length }, (_, index) => weights(index)),
      shape,
      format,
    ),
    strides: [stride, stride],
    dilations: [1, 1],
    padding: { top: pad, bottom: pad, left: pad, right: pad, value },
    groups,
    requantization: { kind: 'none' },
  };
}

function values({ inputs: [{ shape, type }] }: Conv2dOp, at: (index: number) => number): TensorValues {
  const length = shape.reduce((product, axis) => product * axis, 1);
  const list = Array.from({ length }, (_, index) => at(index));
  return type === 'uint8' ? Uint8Array.from(list) : Int8Array.from(list);
}

const largeWeights: Drawn = { size: [20, 20], channels: 256, filters: 64 };

describe('equals the reference in every layout', () => {
  const wide: [string, Drawn][] = [
    ['large weights and several blocks of tiles', largeWeights],
    ['several blocks of tiles and of channels', { size: [33, 30], channels: 8, filters: 40 }],
    ['transformed inputs that do not fit at once', { size: [60, 30], channels: 72, filters: 1, batch: 2 }],
    ['a batch', { size: [5, 6], batch: 5, channels: 3, filters: 5 }],
    ['5x5', { size: [13, 11], kernel: [5, 5], pad: 2, channels: 12, filters: 20 }],
    ['5x5 stride 2', { size: [13, 16], kernel: [5, 5], stride: 2, pad: 2, channels: 5, filters: 8 }],
    [
      '11x11 stride 4 of three channels',
      { size: [63, 50], kernel: [11, 11], stride: 4, pad: 2, channels: 3 },
    ],
    ['7x7 stride 2', { size: [21, 21], kernel: [7, 7], stride: 2, pad: 3, channels: 3, filters: 17 }],
    ['3x3 stride 2', { size: [15, 14], stride: 2, channels: 9, filters: 6 }],
    ['2x4', { kernel: [2, 4], channels: 7 }],
    ['groups', { channels: 24, filters: 30, groups: 3 }],
    [
      'groups of odd channels, strided 5x5',
      { kernel: [5, 5], stride: 2, channels: 6, filters: 18, groups: 2 },
    ],
    ['a padding value, far padding', { pad: 3, value: -77, channels: 17 }],
    ['an image smaller than the kernel', { size: [1, 2], pad: 2, channels: 16 }],
    ['uint8', { input: uint8, channels: 16, value: 255 }],
    ['one value', { size: [1, 1], channels: 1, filters: 1 }],
  ];
  test.each(wide)('%s', async (_, drawn) => {
    const next = sequence(JSON.stringify(drawn).length);
    const op = convolution({ ...drawn, weights: () => Math.floor(next() * 256) - 128 });
    const { quantMin } = op.inputs[0];
    const input = values(op, () => quantMin + Math.floor(next() * 256));
    expect(winograd.supports?.(op, fast)).toBe(true);
    const expected = await runOp(reference, op, [input], { layouts: 'dense' });
    const backend = wasmBackend({ kernels: ['winograd'] });
    for (const choice of ['dense', 'requested', 'random'] satisfies LayoutChoice[]) {
      const { output, strayWrites } = await guardedRun(backend, op, [input], choice, 5);
      expect(output).toEqual(expected);
      expect(strayWrites).toEqual([]);
    }
  });
});

describe('the bound', () => {
  /** One channel of weights that add up to `sum`. */
  const summing = (sum: number): Conv2dOp =>
    convolution({
      size: [6, 6],
      channels: 600,
      filters: 1,
      pad: 0,
      input: relu,
      weights: (index) => Math.max(0, Math.min(127, sum - index * 127)),
    });

  test('just inside it the extreme inputs give the exact sum', async () => {
    const op = summing(524288);
    expect(winograd.supports?.(op, fast)).toBe(true);
    for (const extreme of [0, 127]) {
      const input = values(op, () => extreme);
      const [sum] = await runOp(wasmBackend({ kernels: ['winograd'] }), op, [input]);
      expect(sum).toBe(extreme * 524288);
    }
  });

  test('just outside it the op is declined, and would be wrong by 2^26', async () => {
    const op = summing(524289);
    expect(winograd.supports?.(op, fast)).toBe(false);
    const input = values(op, () => 0);
    const layouts = { inputs: [denseLayout(op.inputs[0])], output: denseLayout(op.output) };
    const output = await runPlan(planWinograd(op, layouts), op, [input]);
    expect(output[0]).toBe(2 ** 26);
    expect(await runOp(wasmBackend({ kernels: ['winograd'] }), op, [input])).toEqual(
      await runOp(reference, op, [input]),
    );
  });
});

describe('16 bits hold', () => {
  const inputRows = [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ];
  const weightRows = [
    [6, 0, 0],
    [-1, -1, -1],
    [-1, 1, -1],
    [1, 2, 4],
    [1, -2, 4],
    [0, 0, 6],
  ];
  const frequencies = Array.from({ length: 36 }, (_, index) => [Math.floor(index / 6), index % 6] as const);
  const products = (rows: readonly number[][], [i, j]: readonly [number, number]): number[] =>
    rows[i].flatMap((left) => rows[j].map((right) => left * right));
  /** Smallest and largest sum of `factor * value`, every value at one end of its range. */
  const extremes = (factors: readonly number[], min: number, max: number): [number, number] => [
    factors.reduce((sum, factor) => sum + Math.min(factor * min, factor * max), 0),
    factors.reduce((sum, factor) => sum + Math.max(factor * min, factor * max), 0),
  ];

  test('every transformed input, whatever is subtracted from it', () => {
    for (const frequency of frequencies) {
      // Bytes minus any center: those behind the image may be anything.
      for (const [min, max] of [
        [-128, 127],
        [0, 255],
        [-255, 0],
        [-127, 128],
      ]) {
        const [smallest, largest] = extremes(products(inputRows, frequency), min, max);
        expect(smallest).toBeGreaterThanOrEqual(-32768);
        expect(largest).toBeLessThanOrEqual(32767);
      }
    }
  });

  test('every transformed weight of every format', () => {
    for (const frequency of frequencies) {
      // Odd codes of 8 bits minus a zero point of the same range.
      const [smallest, largest] = extremes(products(weightRows, frequency), -510, 510);
      expect(smallest).toBeGreaterThanOrEqual(-32768);
      expect(largest).toBeLessThanOrEqual(32767);
    }
  });

  test('inputs and weights at the extremes of each frequency give the exact sum', async () => {
    const backend = wasmBackend({ kernels: ['winograd'] });
    for (const frequency of frequencies) {
      const ofInput = products(inputRows, frequency);
      const ofWeight = products(weightRows, frequency);
      for (const sign of [1, -1]) {
        const op = convolution({
          size: [6, 6],
          channels: 1,
          filters: 1,
          pad: 0,
          input: uint8,
          format: { bits: 8, code: 'odd', zeroPoint: sign * 255 },
          weights: (index) => (ofWeight[index] * sign > 0 ? 0 : sign * -510),
        });
        for (const side of [1, -1]) {
          const input = values(op, (index) => (ofInput[index] * side > 0 ? 255 : 0));
          expect(await runOp(backend, op, [input])).toEqual(await runOp(reference, op, [input]));
        }
      }
    }
  });
});

function unitsOf(op: Conv2dOp): number[] {
  const layouts = { inputs: [denseLayout(op.inputs[0])], output: denseLayout(op.output) };
  return planWinograd(op, layouts).phases.map(({ units }) => units);
}

describe('memory', () => {
  test('scratch does not grow with the image', () => {
    const scratchBytes = (side: number): number =>
      wasmBackend().layout(convolution({ size: [side, side], channels: 64, filters: 64 })).scratchBytes;
    expect(scratchBytes(512)).toBeLessThan(1 << 20);
    expect(scratchBytes(512)).toBe(scratchBytes(256));
  });

  test('the channels of a few tiles are several units, for threads to share', () => {
    expect(unitsOf(convolution({ size: [13, 13], channels: 64, filters: 64 }))).toEqual([4]);
  });

  test('all tiles are transformed first where large weights would pass several times', () => {
    expect(unitsOf(convolution(largeWeights))).toEqual([25, 12]);
  });

  test('transformed weights take eight times the bytes of int8 weights', () => {
    const op = convolution({ size: [28, 28], channels: 128, filters: 128 });
    const bytes = (memory: 'fast' | 'small'): number => wasmBackend({ memory }).layout(op).constantBytes;
    expect(bytes('fast') / op.weights.data.length).toBeCloseTo(8, 1);
    expect(bytes('small') / op.weights.data.length).toBeLessThan(1.1);
  });
});

describe('the static table', () => {
  const taken = (drawn: Drawn, memory: 'fast' | 'small' = 'fast'): string | undefined => {
    const op = convolution(drawn);
    const target = { ...fast, memory };
    return conv2d.find(
      (candidate) => (candidate.supports?.(op, target) ?? true) && (candidate.suits?.(op, target) ?? true),
    )?.name;
  };

  test.each<[string, Drawn]>([
    ['conv1 of AlexNet', { size: [224, 224], channels: 3, filters: 64, kernel: [11, 11], stride: 4, pad: 2 }],
    ['conv2 of AlexNet', { size: [27, 27], channels: 64, filters: 192, kernel: [5, 5], pad: 2 }],
    ['conv4 of AlexNet', { size: [13, 13], channels: 384, filters: 256, input: relu }],
    ['conv2 of VGG', { size: [224, 224], channels: 64, filters: 64 }],
    ['the last stage of ResNet', { size: [7, 7], channels: 512, filters: 512, weights: () => 20 }],
  ])('takes Winograd for %s', (_, drawn) => {
    expect(taken(drawn)).toBe('winograd');
    expect(taken(drawn, 'small')).not.toBe('winograd');
  });

  test.each<[string, Drawn]>([
    ['1x1', { kernel: [1, 1], pad: 0, channels: 64, filters: 64 }],
    ['3x3 stride 2 of few tiles', { size: [28, 28], stride: 2, channels: 64, filters: 64 }],
    ['a single output', { size: [3, 3], pad: 0, channels: 64, filters: 64 }],
    ['three channels', { size: [32, 32], channels: 3, filters: 32 }],
    ['large weights', { channels: 600, weights: () => 127 }],
  ])('leaves %s to the product of patches', (_, drawn) => {
    expect(taken(drawn)).not.toBe('winograd');
  });

  test.each<[string, Drawn]>([
    ['4-bit weights and activations', { format: { bits: 4, code: 'twosComplement', zeroPoint: 0 } }],
    ['2-bit weights', { format: { bits: 2, code: 'twosComplement', zeroPoint: 0 }, weights: () => -1 }],
  ])('takes Winograd for a wide 3x3 layer of %s, though direct products are faster there', (_, drawn) => {
    const input = { ...relu, quantMax: drawn.format?.bits === 4 ? 15 : 3 };
    expect(taken({ size: [13, 13], channels: 192, filters: 384, input, ...drawn })).toBe('winograd');
  });

  test('leaves dilated kernels to others', () => {
    expect(winograd.supports?.({ ...convolution({}), dilations: [2, 1] }, fast)).toBe(false);
  });
});
