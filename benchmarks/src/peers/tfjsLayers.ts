import type { IntegerGraph } from '@bnfree/core';
import { definitionOf, type Op } from '@bnfree/integer-kernels';
import {
  add,
  avgPool,
  concat,
  fused,
  keep,
  matMul,
  maxPool,
  mean,
  relu,
  reshape,
  tensor,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { activationScales } from '../networks/activationScales.js';
import { floatWeights } from '../networks/floatWeights.js';
import { transposeWeights } from '../onnx/transposeWeights.js';

/** A graph as calls of TensorFlow.js, its weights on the current backend. */
export interface TfjsLayers {
  apply(inputs: readonly Tensor[]): Tensor;
  dispose(): void;
}

type Layer = (inputs: readonly Tensor[]) => Tensor;

/** Makes the fused layers that a converted model has: convolution or product, bias and ReLU in one call. */
export function tfjsLayers(graph: IntegerGraph, batch: number): TfjsLayers {
  const scales = activationScales(graph);
  const kept: Tensor[] = [];
  const constant = (values: Float32Array, shape: readonly number[]): Tensor => {
    const made = keep(tensor(values, [...shape]));
    kept.push(made);
    return made;
  };
  const layers = graph.nodes.map(({ name, op, inputs }) => {
    const scale = (value: string): number => scales.get(value) ?? 1;
    const weights = 'weights' in op ? floatWeights(op, scale(inputs[0]), scale(name)) : undefined;
    return { name, inputs, apply: layerOf(op, { weights, constant, batch }) };
  });
  const result = graph.outputs[0].value;
  return {
    apply(given) {
      const values = new Map(graph.inputs.map(({ name }, index) => [name, given[index]]));
      for (const { name, inputs, apply } of layers) {
        values.set(name, apply(inputs.map((input) => values.get(input) ?? given[0])));
      }
      return values.get(result) ?? given[0];
    },
    dispose() {
      for (const made of kept) made.dispose();
    },
  };
}

interface LayerContext {
  readonly weights: { readonly values: Float32Array; readonly bias: Float32Array } | undefined;
  readonly constant: (values: Float32Array, shape: readonly number[]) => Tensor;
  readonly batch: number;
}

function layerOf(op: Op, context: LayerContext): Layer {
  const { batch } = context;
  const activation =
    op.output.type !== 'int32' && op.output.quantMin === op.output.zeroPoint ? 'relu' : 'linear';
  switch (op.op) {
    case 'conv2d':
    case 'depthwiseConv2d':
      return convolution(op, context, activation);
    case 'dense': {
      const [units, features] = op.weights.shape;
      const { values, bias } = context.weights ?? { values: new Float32Array(), bias: new Float32Array() };
      const matrix = context.constant(transposeWeights(values, units), [features, units]) as Tensor2D;
      const biases = context.constant(bias, [units]);
      return ([a]) => fused.matMul({ a: a, b: matrix, bias: biases, activation });
    }
    case 'gemm':
      return ([a, b]) => matMul(a, b);
    case 'maxPool2d':
      return ([x]) => maxPool(x as Tensor4D, pair(op.kernel), pair(op.strides), op.padding.top, 'floor');
    case 'averagePool2d':
      return ([x]) => avgPool(x as Tensor4D, pair(op.kernel), pair(op.strides), op.padding.top, 'floor');
    case 'globalAveragePool2d':
      return ([x]) => mean(x, [1, 2]);
    case 'add':
      return activation === 'relu' ? ([a, b]) => relu(add(a, b)) : ([a, b]) => add(a, b);
    case 'concat':
      return (values) => concat([...values], op.axis);
    case 'reshape':
      return ([x]) => reshape(x, [batch, ...op.output.shape.slice(1)]);
    default:
      throw new Error(`${definitionOf(op).name} has no form here`);
  }
}

function convolution(
  op: Extract<Op, { op: 'conv2d' | 'depthwiseConv2d' }>,
  { weights, constant }: LayerContext,
  activation: 'relu' | 'linear',
): Layer {
  const { shape } = op.weights;
  const { values, bias } = weights ?? { values: new Float32Array(), bias: new Float32Array() };
  // Ours store the output channel first, TensorFlow.js stores it last.
  const turned = transposeWeights(values, shape[0]);
  const biases = constant(bias, [shape[0]]);
  const { top: pad, bottom, left, right } = op.padding;
  if ([bottom, left, right].some((side) => side !== pad))
    throw new Error('padding must be alike on all sides');
  const strides = pair(op.strides);
  if (op.op === 'depthwiseConv2d') {
    const filter = constant(turned, [shape[1], shape[2], shape[0], 1]) as Tensor4D;
    return ([x]) =>
      fused.depthwiseConv2d({
        x: x as Tensor4D,
        filter,
        strides,
        pad,
        bias: biases,
        activation,
        dimRoundingMode: 'floor',
      });
  }
  const filter = constant(turned, [shape[1], shape[2], shape[3], shape[0]]) as Tensor4D;
  return ([x]) =>
    fused.conv2d({
      x: x as Tensor4D,
      filter,
      strides,
      pad,
      bias: biases,
      activation,
      dimRoundingMode: 'floor',
    });
}

const pair = ([first, second]: readonly [number, number]): [number, number] => [first, second];
