import type { IntegerGraph } from '@bnfree/core';
import { definitionOf, type ActivationSpec, type Op } from '@bnfree/integer-kernels';
import { batchedShape } from '../networks/batchedShape.js';
import { floatWeights } from '../networks/floatWeights.js';
import { activationScales } from '../networks/activationScales.js';
import { onnxModelBuilder, type OnnxModelBuilder } from './onnxModel.js';
import { window } from './onnxUint8.js';
import { channelsFirst, transposeWeights } from './transposeWeights.js';

/** Writes a graph in float32, channels first, with the standard operators: what a model is before it is quantized. */
export function onnxFloat(graph: IntegerGraph, batch: number): Uint8Array {
  const model = onnxModelBuilder();
  const scales = activationScales(graph);
  const tensors = new Map(graph.inputs.map(({ name, tensor }) => [name, tensor]));
  /** Height times width of what was flattened into a value. */
  const flattened = new Map<string, number>();
  for (const { name, op, inputs } of graph.nodes) {
    tensors.set(name, op.output);
    if (op.op === 'reshape') flattened.set(name, op.inputs[0].shape[1] * op.inputs[0].shape[2]);
    const weights =
      'weights' in op ? floatWeights(op, scales.get(inputs[0]) ?? 1, scales.get(name) ?? 1) : undefined;
    writeNode(model, name, op, { inputs, weights, spatial: flattened.get(inputs[0]) ?? 1, batch });
  }
  const result = graph.outputs[0].value;
  return model.encode(
    graph.inputs.map(({ name, tensor }) => ({
      name,
      type: 'float32',
      shape: channelsFirstShape(tensor.shape, batch),
    })),
    {
      name: result,
      type: 'float32',
      shape: channelsFirstShape((tensors.get(result) ?? graph.inputs[0].tensor).shape, batch),
    },
  );
}

/** `[batch, channels, height, width]`; other ranks keep their order. */
export function channelsFirstShape(shape: readonly number[], batch: number): number[] {
  const [count, ...sizes] = batchedShape(shape, batch);
  return sizes.length === 3 ? [count, sizes[2], sizes[0], sizes[1]] : [count, ...sizes];
}

interface NodeContext {
  readonly inputs: readonly string[];
  readonly weights: { readonly values: Float32Array; readonly bias: Float32Array } | undefined;
  readonly spatial: number;
  readonly batch: number;
}

function writeNode(
  model: OnnxModelBuilder,
  name: string,
  op: Op,
  { inputs, weights, spatial, batch }: NodeContext,
): void {
  const isRectified = isRelu(op.output);
  /** The operator's own output, before a ReLU. */
  const sum = isRectified ? `${name}/sum` : name;
  const rectify = (): void => {
    if (isRectified) model.node('Relu', [sum], name);
  };
  const bias =
    weights === undefined ? '' : model.constant(`${name}/bias`, [weights.bias.length], weights.bias);
  switch (op.op) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const { shape } = op.weights;
      const [height, width] = [shape[1], shape[2]];
      const channels = op.op === 'conv2d' ? shape[3] : 1;
      const values = channelsFirst(weights?.values ?? new Float32Array(), height * width, channels);
      model.constant(`${name}/weights`, [shape[0], channels, height, width], values);
      const group = op.op === 'conv2d' ? op.groups : shape[0];
      model.node('Conv', [inputs[0], `${name}/weights`, bias], sum, {
        kernel_shape: [height, width],
        group,
        ...window(op),
      });
      rectify();
      return;
    }
    case 'dense': {
      const [units, features] = op.weights.shape;
      // A flattened image lies channels first here.
      const rows = channelsFirst(weights?.values ?? new Float32Array(), spatial, features / spatial);
      model.constant(`${name}/weights`, [features, units], transposeWeights(rows, units));
      model.node('Gemm', [inputs[0], `${name}/weights`, bias], sum);
      rectify();
      return;
    }
    case 'gemm':
      model.node('MatMul', inputs, name);
      return;
    case 'maxPool2d':
      model.node('MaxPool', inputs, name, { kernel_shape: op.kernel, ...window(op) });
      return;
    case 'averagePool2d':
      model.node('AveragePool', inputs, name, { kernel_shape: op.kernel, ...window(op) });
      return;
    case 'globalAveragePool2d':
      model.node('Flatten', [model.node('GlobalAveragePool', inputs, `${name}/pooled`)], name);
      return;
    case 'add':
      model.node('Add', inputs, sum);
      rectify();
      return;
    case 'concat':
      model.node('Concat', inputs, name, { axis: op.output.shape.length === 4 ? 1 : op.axis });
      return;
    case 'reshape': {
      const shape = BigInt64Array.from([batch, ...op.output.shape.slice(1)], BigInt);
      model.node('Reshape', [inputs[0], model.constant(`${name}/shape`, [shape.length], shape)], name);
      return;
    }
    default:
      throw new Error(`${definitionOf(op).name} has no float form here`);
  }
}

function isRelu({ type, quantMin, zeroPoint }: ActivationSpec): boolean {
  return type !== 'int32' && quantMin === zeroPoint;
}
