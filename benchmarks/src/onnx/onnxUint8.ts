import type { IntegerGraph } from '@bnfree/core';
import { definitionOf, unpackWeights, type ActivationSpec, type Op } from '@bnfree/integer-kernels';
import { batchedShape } from '../networks/batchedShape.js';
import { activationScales, outputFactors } from '../networks/activationScales.js';
import { onnxModelBuilder, type OnnxModelBuilder } from './onnxModel.js';
import { channelsFirst, transposeWeights } from './transposeWeights.js';

/** What is added to our stored values so that they fit uint8, the type for which onnxruntime is fastest. */
export function uint8Offset({ type, quantMin }: ActivationSpec): number {
  return type === 'int8' && quantMin < 0 ? 128 : 0;
}

/**
 * Writes a graph with onnxruntime's quantized operators: uint8 activations, int8 weights, one scale per output channel.
 *
 * Channels stay last (onnxruntime's own form of these operators), so that nothing is transposed. A layer whose output is the
 * accumulator becomes MatMulInteger. Clamps are the saturation of uint8.
 */
export function onnxUint8(graph: IntegerGraph, batch: number): Uint8Array {
  const model = onnxModelBuilder();
  const scales = activationScales(graph);
  const scaleOf = (name: string): number => scales.get(name) ?? 1;
  const tensors = new Map(graph.inputs.map(({ name, tensor }) => [name, tensor]));
  for (const { name, tensor } of graph.inputs) quantization(model, name, scaleOf(name), tensor);
  for (const { name, op, inputs } of graph.nodes) {
    tensors.set(name, op.output);
    quantization(model, name, scaleOf(name), op.output);
    writeNode(model, name, op, { inputs, scaleOf, batch });
  }
  const result = graph.outputs[0].value;
  const output = tensors.get(result) ?? graph.inputs[0].tensor;
  return model.encode(
    graph.inputs.map(({ name, tensor }) => ({
      name,
      type: 'uint8',
      shape: batchedShape(tensor.shape, batch),
    })),
    {
      name: result,
      type: output.type === 'int32' ? 'int32' : 'uint8',
      shape: batchedShape(output.shape, batch),
    },
  );
}

interface NodeContext {
  readonly inputs: readonly string[];
  readonly scaleOf: (name: string) => number;
  readonly batch: number;
}

/** Scale and zero point of a value, as constants beside it. */
function quantization(model: OnnxModelBuilder, name: string, scale: number, tensor: ActivationSpec): void {
  if (tensor.type === 'int32') return;
  model.constant(`${name}/scale`, [], Float32Array.of(scale));
  model.constant(`${name}/zero`, [], Uint8Array.of(tensor.zeroPoint + uint8Offset(tensor)));
}

const quantized = (name: string): string[] => [name, `${name}/scale`, `${name}/zero`];
const parameters = (name: string): string[] => [`${name}/scale`, `${name}/zero`];

function writeNode(model: OnnxModelBuilder, name: string, op: Op, context: NodeContext): void {
  const { inputs, batch } = context;
  const microsoft = 'com.microsoft';
  switch (op.op) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const { shape } = op.weights;
      const [height, width] = [shape[1], shape[2]];
      const channels = op.op === 'conv2d' ? shape[3] : 1;
      const values = channelsFirst(weightValues(op), height * width, channels);
      const operands = weightOperands(model, name, op, {
        ...context,
        shape: [shape[0], channels, height, width],
        values,
      });
      const group = op.op === 'conv2d' ? op.groups : shape[0];
      const attributes = { kernel_shape: [height, width], group, channels_last: 1, ...window(op) };
      const from = [...quantized(inputs[0]), ...operands, ...parameters(name), `${name}/bias`];
      model.node('QLinearConv', from, name, attributes, microsoft);
      return;
    }
    case 'dense':
      writeDense(model, name, op, context);
      return;
    case 'gemm':
      model.node('MatMulInteger', [inputs[0], inputs[1], `${inputs[0]}/zero`, `${inputs[1]}/zero`], name);
      return;
    case 'maxPool2d':
      model.node('NhwcMaxPool', [inputs[0]], name, { kernel_shape: op.kernel, ...window(op) }, microsoft);
      return;
    case 'averagePool2d': {
      const attributes = { kernel_shape: op.kernel, channels_last: 1, count_include_pad: 0, ...window(op) };
      model.node(
        'QLinearAveragePool',
        [...quantized(inputs[0]), ...parameters(name)],
        name,
        attributes,
        microsoft,
      );
      return;
    }
    case 'globalAveragePool2d': {
      const from = [...quantized(inputs[0]), ...parameters(name)];
      const pooled = model.node(
        'QLinearGlobalAveragePool',
        from,
        `${name}/pooled`,
        { channels_last: 1 },
        microsoft,
      );
      writeReshape(model, pooled, name, [batch, ...op.output.shape.slice(1)]);
      return;
    }
    case 'add':
      model.node('QLinearAdd', [...inputs.flatMap(quantized), ...parameters(name)], name, {}, microsoft);
      return;
    case 'concat':
      model.node(
        'QLinearConcat',
        [...parameters(name), ...inputs.flatMap(quantized)],
        name,
        { axis: op.axis },
        microsoft,
      );
      return;
    case 'reshape':
      writeReshape(model, inputs[0], name, [batch, ...op.output.shape.slice(1)]);
      return;
    default:
      throw new Error(`${definitionOf(op).name} has no quantized form here`);
  }
}

type WeightedOp = Extract<Op, { weights: unknown }>;

function writeDense(
  model: OnnxModelBuilder,
  name: string,
  op: Extract<Op, { op: 'dense' }>,
  context: NodeContext,
): void {
  const { inputs } = context;
  const [units, features] = op.weights.shape;
  const values = transposeWeights(weightValues(op), units);
  if (op.requantization.kind === 'none') {
    model.constant(`${name}/weights`, [features, units], values);
    model.node('MatMulInteger', [inputs[0], `${name}/weights`, `${inputs[0]}/zero`], name);
    return;
  }
  const operands = weightOperands(model, name, op, { ...context, shape: [features, units], values });
  const from = [...quantized(inputs[0]), ...operands, `${name}/bias`, ...parameters(name)];
  model.node('QGemm', from, name, {}, 'com.microsoft');
}

/** Constants of a layer with weights; returns the operands weights, scale and zero point. Writes the bias as `NAME/bias`. */
function weightOperands(
  model: OnnxModelBuilder,
  name: string,
  op: WeightedOp,
  {
    inputs,
    scaleOf,
    shape,
    values,
  }: NodeContext & { readonly shape: readonly number[]; readonly values: Int8Array },
): string[] {
  const ratio = scaleOf(name) / scaleOf(inputs[0]);
  const scales = Float32Array.from(outputFactors(op), (factor) => factor * ratio);
  const channels = scales.length;
  model.constant(`${name}/bias`, [channels], op.bias ?? new Int32Array(channels));
  return [
    model.constant(`${name}/weights`, shape, values),
    model.constant(`${name}/weights/scale`, [channels], scales),
    model.constant(`${name}/weights/zero`, [channels], new Int8Array(channels)),
  ];
}

/** Weights of any width as int8: onnxruntime's kernels for fewer bits are slower than those for eight. */
export function weightValues(op: WeightedOp): Int8Array {
  return Int8Array.from(unpackWeights(op.weights));
}

function writeReshape(model: OnnxModelBuilder, from: string, name: string, shape: readonly number[]): void {
  const sizes = model.constant(`${name}/shape`, [shape.length], BigInt64Array.from(shape, BigInt));
  model.node('Reshape', [from, sizes], name);
}

/** Strides and padding as ONNX has them. */
export function window({
  strides,
  padding: { top, left, bottom, right },
}: Pick<Extract<Op, { op: 'maxPool2d' }>, 'strides' | 'padding'>): {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
} {
  return { strides, pads: [top, left, bottom, right] };
}
