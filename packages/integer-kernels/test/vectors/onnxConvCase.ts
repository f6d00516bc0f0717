import type { ElementType, Op, Padding, Weights } from '../../src/index.js';
import type { OnnxNode } from './onnxNode.js';
import { integersOf, operandOf, outputOf } from './onnxNode.js';
import { outputScaling } from './onnxScaling.js';
import type { OnnxTensor } from './onnxTensor.js';
import { integerType } from './onnxTensor.js';
import type { VectorCase } from './vectorCase.js';
import { activation, tensorValues } from './vectorCase.js';
import { transpose, weightsOf } from './weightCodes.js';

/** Where the operands of a convolution stand, and what its output is. */
interface ConvOperands {
  readonly inputType: ElementType;
  readonly x: OnnxTensor;
  readonly xZeroPoint: number;
  readonly w: OnnxTensor;
  readonly wZeroPoints: readonly number[];
  readonly bias: OnnxTensor | undefined;
  readonly output: Pick<Extract<Op, { op: 'conv2d' }>, 'output' | 'requantization'>;
}

/** `ConvInteger`: the output is the int32 accumulator. */
export function convIntegerCase(name: string, node: OnnxNode): VectorCase[] {
  const x = operandOf(node, 0);
  return convCase(name, node, {
    inputType: integerType(x),
    x,
    xZeroPoint: node.inputs[2]?.values[0] ?? 0,
    w: operandOf(node, 1),
    wZeroPoints: node.inputs[3]?.values ?? [0],
    bias: undefined,
    output: { output: accumulatorOutput(node), requantization: { kind: 'none' } },
  });
}

/** `QLinearConv`: the accumulator times `x_scale * w_scale / y_scale`, rounded once, halves to even. */
export function qLinearConvCase(name: string, node: OnnxNode): VectorCase[] {
  const [x, yZeroPoint] = [operandOf(node, 0), operandOf(node, 7)];
  return convCase(name, node, {
    inputType: integerType(x),
    x,
    xZeroPoint: operandOf(node, 2).values[0] ?? 0,
    w: operandOf(node, 3),
    wZeroPoints: operandOf(node, 5).values,
    bias: node.inputs[8],
    output: {
      output: activation(nhwcShape(outputOf(node)), integerType(yZeroPoint), yZeroPoint.values[0] ?? 0),
      requantization: outputScaling(operandOf(node, 1), operandOf(node, 4), operandOf(node, 6)),
    },
  });
}

/** Float `Conv` on small whole numbers, where float arithmetic is exact: checks windows, strides and padding. */
export function wholeConvCase(name: string, node: OnnxNode): VectorCase[] {
  return convCase(name, node, {
    inputType: 'int8',
    x: operandOf(node, 0),
    xZeroPoint: 0,
    w: operandOf(node, 1),
    wZeroPoints: [0],
    bias: undefined,
    output: { output: accumulatorOutput(node), requantization: { kind: 'none' } },
  });
}

function convCase(name: string, node: OnnxNode, operands: ConvOperands): VectorCase[] {
  const { x, w } = operands;
  const weights = convWeights(w, operands.wZeroPoints);
  const [, kernelHeight = 1, kernelWidth = 1] = weights.shape;
  const op: Op = {
    op: 'conv2d',
    inputs: [activation(nhwcShape(x), operands.inputType, operands.xZeroPoint)],
    ...operands.output,
    weights,
    ...(operands.bias === undefined ? {} : { bias: Int32Array.from(operands.bias.values) }),
    ...windowOf(node, x, [kernelHeight, kernelWidth], operands.xZeroPoint),
    groups: integersOf(node, 'group', [1])[0] ?? 1,
  };
  return [
    {
      name,
      op,
      inputs: [tensorValues(operands.inputType, nhwc(x))],
      expected: tensorValues(operands.output.output.type, nhwc(outputOf(node))),
    },
  ];
}

/** ONNX may give one zero point a channel; the difference is then stored, which fits 8 bits in every case used here. */
function convWeights(w: OnnxTensor, zeroPoints: readonly number[]): Weights {
  const [outputChannels = 1, inputChannels = 1, height = 1, width = 1] = w.shape;
  const shape = [outputChannels, height, width, inputChannels];
  const values = transpose(w.values, w.shape, [0, 2, 3, 1]);
  if (zeroPoints.every((zeroPoint) => zeroPoint === zeroPoints[0])) {
    const code = w.type === 'uint8' ? 'unsigned' : 'twosComplement';
    return weightsOf(values, shape, { bits: 8, code, zeroPoint: zeroPoints[0] ?? 0 });
  }
  const rowLength = values.length / outputChannels;
  const differences = values.map((value, index) => value - (zeroPoints[Math.floor(index / rowLength)] ?? 0));
  if (differences.some((value) => value < -128 || value > 127))
    throw new Error('weights need more than 8 bits');
  return weightsOf(differences, shape, { bits: 8, code: 'twosComplement', zeroPoint: 0 });
}

/** Strides, dilations and padding of a convolution node; the padding holds the input's zero point. */
function windowOf(
  node: OnnxNode,
  x: OnnxTensor,
  kernel: readonly [number, number],
  value: number,
): { strides: readonly [number, number]; dilations: readonly [number, number]; padding: Padding } {
  const [strideY = 1, strideX = 1] = integersOf(node, 'strides', [1, 1]);
  const [dilationY = 1, dilationX = 1] = integersOf(node, 'dilations', [1, 1]);
  const [top = 0, left = 0, bottom = 0, right = 0] =
    node.attributes.get('auto_pad') === 'SAME_LOWER'
      ? sameLowerPads(x.shape.slice(2), kernel, [strideY, strideX])
      : integersOf(node, 'pads', [0, 0, 0, 0]);
  return {
    strides: [strideY, strideX],
    dilations: [dilationY, dilationX],
    padding: { top, bottom, left, right, value },
  };
}

/** SAME_LOWER: `ceil(input / stride)` outputs, the odd row or column of padding stands first. Undilated kernels. */
function sameLowerPads(
  sizes: readonly number[],
  kernel: readonly [number, number],
  strides: readonly [number, number],
): number[] {
  const totals = kernel.map((size, axis) => {
    const [input, stride] = [sizes[axis] ?? 0, strides[axis] ?? 1];
    return Math.max(0, (Math.ceil(input / stride) - 1) * stride + size - input);
  });
  return [...totals.map((total) => Math.ceil(total / 2)), ...totals.map((total) => Math.floor(total / 2))];
}

/** `MaxPool` on integers. */
export function maxPoolCase(name: string, node: OnnxNode): VectorCase[] {
  const x = operandOf(node, 0);
  const type = integerType(x);
  const [kernelHeight = 1, kernelWidth = 1] = integersOf(node, 'kernel_shape', []);
  const { strides, padding } = windowOf(node, x, [kernelHeight, kernelWidth], 0);
  const { top, bottom, left, right } = padding;
  const op: Op = {
    op: 'maxPool2d',
    inputs: [activation(nhwcShape(x), type, 0)],
    output: activation(nhwcShape(outputOf(node)), type, 0),
    kernel: [kernelHeight, kernelWidth],
    strides,
    padding: { top, bottom, left, right },
  };
  return [
    { name, op, inputs: [tensorValues(type, nhwc(x))], expected: tensorValues(type, nhwc(outputOf(node))) },
  ];
}

function accumulatorOutput(node: OnnxNode) {
  return activation(nhwcShape(outputOf(node)), 'int32', 0);
}

function nhwcShape({ shape: [batch = 1, channels = 1, height = 1, width = 1] }: OnnxTensor): number[] {
  return [batch, height, width, channels];
}

function nhwc({ values, shape }: OnnxTensor): number[] {
  return transpose(values, shape, [0, 2, 3, 1]);
}
