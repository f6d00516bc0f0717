import type { IntegerGraph } from '@bnfree/core';
import { definitionOf, unpackWeights, type ActivationSpec, type Op } from '@bnfree/integer-kernels';
import { activationScales, outputFactors } from '../networks/activationScales.js';
import { transposeWeights } from '../onnx/transposeWeights.js';
import { tfliteModelBuilder, type OptionField, type TfliteModelBuilder } from './tfliteModel.js';
import { tflitePadding, type TflitePadding } from './tflitePadding.js';

/** A file, and how its values relate to ours. */
export interface TfliteModel {
  readonly bytes: Uint8Array;
  /** Border that the first input must be fed with. */
  readonly before: TflitePadding['before'];
  /** Some windows lie elsewhere than ours: results cannot be compared. */
  readonly isShifted: boolean;
}

/** What is added to our stored values: int8 over its whole range, as TensorFlow Lite stores what comes after a ReLU. */
export function int8Offset({ type, quantMin }: ActivationSpec): number {
  return type === 'int8' && quantMin < 0 ? 0 : -128;
}

/** Writes a graph as TensorFlow Lite's fully quantized int8 model: one scale per output channel, activations of 8 bits. */
export function tfliteInt8(graph: IntegerGraph, batch: number): TfliteModel {
  const model = tfliteModelBuilder();
  const scales = activationScales(graph);
  const scaleOf = (name: string): number => scales.get(name) ?? 1;
  const tensors = new Map<string, number>();
  const paddings = new Map(
    graph.nodes.map(({ name, op, inputs }) => [
      name,
      'padding' in op
        ? tflitePadding(
            op,
            graph.inputs.some((input) => input.name === inputs[0]),
          )
        : undefined,
    ]),
  );
  const before = [...paddings.values()]
    .map((padding) => padding?.before)
    .find((border) => border && border.top > 0);
  const addTensor = (name: string, spec: ActivationSpec, shape: readonly number[]): void => {
    if (spec.type === 'int32') throw new Error('TensorFlow Lite gives no int32 sums');
    const zeroPoint = spec.zeroPoint + int8Offset(spec);
    tensors.set(name, model.tensor({ name, type: 'int8', shape, scales: [scaleOf(name)], zeroPoint }));
  };
  graph.inputs.forEach(({ name, tensor }, index) => {
    addTensor(name, tensor, inputShape(tensor.shape, batch, index === 0 ? before : undefined));
  });
  for (const { name, op, inputs } of graph.nodes) {
    addTensor(name, op.output, [batch, ...op.output.shape.slice(1)]);
    writeNode(model, name, op, {
      inputs: inputs.map((input) => tensors.get(input) ?? 0),
      output: tensors.get(name) ?? 0,
      ratio: scaleOf(name) / scaleOf(inputs[0]),
      inputScale: scaleOf(inputs[0]),
      padding: paddings.get(name),
      batch,
    });
  }
  const bytes = model.encode(
    graph.inputs.map(({ name }) => tensors.get(name) ?? 0),
    [tensors.get(graph.outputs[0].value) ?? 0],
  );
  const isShifted = [...paddings.values()].some((padding) => padding?.isShifted === true);
  return { bytes, before: before ?? { top: 0, bottom: 0, left: 0, right: 0 }, isShifted };
}

function inputShape(
  [, ...sizes]: readonly number[],
  batch: number,
  before: TflitePadding['before'] | undefined,
): number[] {
  if (before === undefined) return [batch, ...sizes];
  const [height, width, channels] = sizes;
  return [batch, height + before.top + before.bottom, width + before.left + before.right, channels];
}

interface NodeContext {
  readonly inputs: readonly number[];
  readonly output: number;
  /** Scale of the output over that of the first input. */
  readonly ratio: number;
  readonly inputScale: number;
  readonly padding: TflitePadding | undefined;
  readonly batch: number;
}

function writeNode(model: TfliteModelBuilder, name: string, op: Op, context: NodeContext): void {
  const { inputs, output, batch } = context;
  const relu = op.output.quantMin === op.output.zeroPoint ? 1 : 0;
  switch (op.op) {
    case 'conv2d':
      model.operator('conv2d', weighted(model, name, op, context), output, [
        ...windowFields(op.strides, context),
        [3, 'int8', relu],
        [4, 'int32', 1],
        [5, 'int32', 1],
      ]);
      return;
    case 'depthwiseConv2d':
      model.operator('depthwiseConv2d', weighted(model, name, op, context), output, [
        ...windowFields(op.strides, context),
        [3, 'int32', 1],
        [4, 'int8', relu],
        [5, 'int32', 1],
        [6, 'int32', 1],
      ]);
      return;
    case 'dense':
      model.operator('fullyConnected', weighted(model, name, op, context), output, [[0, 'int8', relu]]);
      return;
    case 'maxPool2d':
    case 'averagePool2d':
      model.operator(op.op, inputs, output, [
        ...windowFields(op.strides, context),
        [3, 'int32', op.kernel[1]],
        [4, 'int32', op.kernel[0]],
      ]);
      return;
    case 'globalAveragePool2d': {
      const axes = model.tensor({
        name: `${name}/axes`,
        type: 'int32',
        shape: [2],
        data: Int32Array.of(1, 2),
      });
      model.operator('mean', [...inputs, axes], output, []);
      return;
    }
    case 'add':
      model.operator('add', inputs, output, [[0, 'int8', relu]]);
      return;
    case 'concat':
      model.operator('concatenation', inputs, output, [[0, 'int32', op.axis]]);
      return;
    case 'reshape': {
      const data = Int32Array.of(batch, ...op.output.shape.slice(1));
      const shape = model.tensor({ name: `${name}/shape`, type: 'int32', shape: [data.length], data });
      model.operator('reshape', [...inputs, shape], output, []);
      return;
    }
    default:
      throw new Error(`${definitionOf(op).name} has no form here`);
  }
}

/** Padding, then the strides, width first: how convolutions and pools begin. */
function windowFields(strides: readonly [number, number], { padding }: NodeContext): OptionField[] {
  return [
    [0, 'int8', padding?.mode === 'valid' ? 1 : 0],
    [1, 'int32', strides[1]],
    [2, 'int32', strides[0]],
  ];
}

/** Operands of a layer with weights: input, weights, bias. */
function weighted(
  model: TfliteModelBuilder,
  name: string,
  op: Extract<Op, { weights: unknown }>,
  { inputs, ratio, inputScale }: NodeContext,
): number[] {
  const scales = outputFactors(op).map((factor) => factor * ratio);
  const values = Int8Array.from(unpackWeights(op.weights));
  const { shape } = op.weights;
  const isDepthwise = op.op === 'depthwiseConv2d';
  const weights = model.tensor({
    name: `${name}/weights`,
    type: 'int8',
    shape: isDepthwise ? [1, shape[1], shape[2], shape[0]] : shape,
    scales,
    axis: isDepthwise ? 3 : 0,
    data: isDepthwise ? transposeWeights(values, shape[0]) : values,
  });
  const bias = model.tensor({
    name: `${name}/bias`,
    type: 'int32',
    shape: [shape[0]],
    scales: scales.map((scale) => scale * inputScale),
    data: op.bias ?? new Int32Array(shape[0]),
  });
  return [inputs[0], weights, bias];
}
