import {
  type ActivationSpec,
  type AveragePool2dOp,
  type Conv2dOp,
  type DenseOp,
  type DepthwiseConv2dOp,
  type GemmOp,
  type GlobalAveragePool2dOp,
  type MaxPool2dOp,
  convolutionOutputSize,
} from '../../src/index.js';
import { type OperandKind, type Pattern, extremeWeights } from './operands.js';
import type { WindowShape } from './shapes.js';
import { withRequantization } from './withRequantization.js';

export function extremeConv2d(
  shape: WindowShape,
  kind: OperandKind,
  weights: Pattern,
  turn: number,
): Conv2dOp {
  const { channels, groups = 1, outputs = 10 } = shape;
  const { fields, outputShape } = convolutionFields(shape, kind, turn);
  const weightShape = [outputs, ...shape.kernel, channels / groups];
  return withRequantization<Conv2dOp>(
    { op: 'conv2d', ...fields, groups, weights: extremeWeights(weights, weightShape, kind.weights) },
    [...outputShape, outputs],
    turn,
  );
}

export function extremeDepthwiseConv2d(
  shape: WindowShape,
  kind: OperandKind,
  weights: Pattern,
  turn: number,
): DepthwiseConv2dOp {
  const { channels, outputs = channels } = shape;
  const { fields, outputShape } = convolutionFields(shape, kind, turn);
  const packed = extremeWeights(weights, [outputs, ...shape.kernel], kind.weights);
  return withRequantization<DepthwiseConv2dOp>(
    { op: 'depthwiseConv2d', ...fields, channelMultiplier: outputs / channels, weights: packed },
    [...outputShape, outputs],
    turn,
  );
}

export function extremeDense(
  [batch, features, units]: readonly [number, number, number],
  kind: OperandKind,
  weights: Pattern,
  turn: number,
): DenseOp {
  return withRequantization<DenseOp>(
    {
      op: 'dense',
      inputs: [{ ...kind.input, shape: [batch, features] }],
      weights: extremeWeights(weights, [units, features], kind.weights),
      ...extremeBias(units, turn),
    },
    [batch, units],
    turn,
  );
}

export function extremeGemm(
  [rows, depth, columns]: readonly [number, number, number],
  { input }: OperandKind,
  _weights: Pattern,
  turn: number,
): GemmOp {
  const transposeB = turn % 3 === 0;
  const b = transposeB ? [columns, depth] : [depth, columns];
  return withRequantization<GemmOp>(
    {
      op: 'gemm',
      inputs: [
        { ...input, shape: [rows, depth] },
        { ...input, shape: b },
      ],
      transposeB,
      ...extremeBias(columns, turn),
    },
    [rows, columns],
    turn,
  );
}

export function extremeMaxPool2d(shape: WindowShape, { input }: OperandKind): MaxPool2dOp {
  return { op: 'maxPool2d', ...poolFields(shape, input) };
}

export function extremeAveragePool2d(
  shape: WindowShape,
  { input }: OperandKind,
  _weights: Pattern,
  turn: number,
): AveragePool2dOp {
  return {
    op: 'averagePool2d',
    ...poolFields(shape, input),
    rounding: turn % 2 === 0 ? 'halfUp' : 'halfAwayFromZero',
  };
}

export function extremeGlobalAveragePool2d(
  channels: number,
  { input }: OperandKind,
  _weights: Pattern,
  turn: number,
): GlobalAveragePool2dOp {
  const shape = [1 + (turn % 3), 1 + (channels % 8), 1 + (channels % 5), channels];
  return withRequantization<GlobalAveragePool2dOp>(
    { op: 'globalAveragePool2d', inputs: [{ ...input, shape }] },
    [shape[0], channels],
    turn,
  );
}

function convolutionFields(shape: WindowShape, { input }: OperandKind, turn: number) {
  const { batch = 1, image, channels, kernel, strides = [1, 1], dilations = [1, 1] } = shape;
  const [top, bottom, left, right] = shape.padding ?? [0, 0, 0, 0];
  // Mostly as frameworks pad, but any stored value is legal.
  const value = [input.zeroPoint, input.zeroPoint, input.quantMin, input.quantMax][turn % 4];
  return {
    fields: {
      inputs: [{ ...input, shape: [batch, ...image, channels] }] as const,
      strides,
      dilations,
      padding: { top, bottom, left, right, value },
      ...extremeBias(shape.outputs ?? 10, shape.outputs === undefined ? 0 : turn),
    },
    outputShape: [
      batch,
      outputSize(image[0], kernel[0], strides[0], dilations[0], top, bottom),
      outputSize(image[1], kernel[1], strides[1], dilations[1], left, right),
    ],
  };
}

function poolFields(shape: WindowShape, input: Omit<ActivationSpec, 'shape'>) {
  const { batch = 1, image, channels, kernel, strides = [1, 1] } = shape;
  const [top, bottom, left, right] = shape.padding ?? [0, 0, 0, 0];
  const height = outputSize(image[0], kernel[0], strides[0], 1, top, bottom);
  const width = outputSize(image[1], kernel[1], strides[1], 1, left, right);
  return {
    inputs: [{ ...input, shape: [batch, ...image, channels] }] as const,
    output: { ...input, shape: [batch, height, width, channels] },
    kernel,
    strides,
    padding: { top, bottom, left, right },
  };
}

function outputSize(
  inputSize: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
): number {
  return convolutionOutputSize({ inputSize, kernel, stride, dilation, before, after });
}

/** Large alternating biases every third turn. */
function extremeBias(channels: number, turn: number): { readonly bias?: Int32Array } {
  if (turn % 3 !== 1) return {};
  return { bias: Int32Array.from({ length: channels }, (_, index) => (index % 2 === 0 ? 1 : -1) * 2 ** 28) };
}
