import * as tf from '@tensorflow/tfjs-core';
import type { PaddingSides } from '../explicitPadding.js';
import type { TeacherOperation } from '../teacher.js';
import { activationParts } from './activationParts.js';
import { hostWeight, type GraphConverter, type GraphPart } from './graphPart.js';
import type { GraphNode } from './readGraph.js';

/** Conv2D and _FusedConv2D. */
export const conv2d: GraphConverter = (node, scope) => {
  const filter = scope.constant(node.inputs[1]) as tf.Tensor4D | undefined;
  const problem = windowProblem(node, filter);
  if (problem !== null || filter === undefined) return problem ?? 'no filter';
  const operation: TeacherOperation = {
    kind: 'conv2d',
    ...windowOf(node, filter),
    filters: filter.shape[3],
    hasBias: false,
  };
  const { strides, dilations, padding } = operation;
  return linear(node, scope, operation, filter, (x) =>
    tf.conv2d(x as tf.Tensor4D, filter, [...strides], padding, 'NHWC', [...dilations]),
  );
};

/** DepthwiseConv2dNative and FusedDepthwiseConv2dNative. */
export const depthwiseConv2d: GraphConverter = (node, scope) => {
  const filter = scope.constant(node.inputs[1]) as tf.Tensor4D | undefined;
  const problem = windowProblem(node, filter);
  if (problem !== null || filter === undefined) return problem ?? 'no filter';
  const operation: TeacherOperation = {
    kind: 'depthwiseConv2d',
    ...windowOf(node, filter),
    channelMultiplier: filter.shape[3],
    hasBias: false,
  };
  const { strides, dilations, padding } = operation;
  return linear(node, scope, operation, filter, (x) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, filter, [...strides], padding, 'NHWC', [...dilations]),
  );
};

/** MatMul and _FusedMatMul with a constant matrix. */
export const matMul: GraphConverter = (node, scope) => {
  const stored = scope.constant(node.inputs[1]) as tf.Tensor2D | undefined;
  if (stored === undefined) return 'A product of two computed matrices has no integer form.';
  if (node.attributes.flag('transpose_a'))
    return 'A product with a transposed first matrix has no integer form.';
  const isTransposed = node.attributes.flag('transpose_b');
  const matrix = isTransposed ? tf.tidy(() => tf.keep(tf.transpose(stored))) : stored;
  const operation: TeacherOperation = { kind: 'dense', units: matrix.shape[1], hasBias: false };
  return linear(node, scope, operation, matrix, (x) => tf.matMul(x, stored, false, isTransposed));
};

/** The linear op with the bias and activation that a converter fused into it. */
function linear(
  node: GraphNode,
  { constant }: Parameters<GraphConverter>[1],
  operation: TeacherOperation,
  kernel: tf.Tensor,
  apply: (x: tf.Tensor) => tf.Tensor,
): ReturnType<GraphConverter> {
  const fused = node.attributes.texts('fused_ops');
  const hasBias = fused[0] === 'BiasAdd';
  const bias = hasBias ? constant(node.inputs[2]) : undefined;
  if (hasBias && bias === undefined) return 'A bias that is computed has no integer form.';
  const activations = activationParts(fused.slice(hasBias ? 1 : 0), node.attributes);
  if (typeof activations === 'string') return activations;
  const weights = [kernel, ...(bias === undefined ? [] : [bias])].map(hostWeight);
  const [kernelWeight, biasWeight] = weights;
  const main: GraphPart = {
    suffix: '',
    operation: { ...operation, hasBias } as TeacherOperation,
    parameters: {
      kernel: kernelWeight,
      ...(bias === undefined ? {} : { bias: biasWeight.values }),
    },
    weights,
    run: ([x]) => [bias === undefined ? apply(x) : tf.add(apply(x), bias)],
  };
  return { inputs: [node.inputs[0]], parts: [...paddingParts(node), main, ...activations] };
}

function windowProblem({ attributes }: GraphNode, filter: tf.Tensor | undefined): string | null {
  if (filter === undefined) return 'A filter that is computed has no integer form.';
  if (attributes.text('data_format') === 'NCHW')
    return 'Data format NCHW has no integer form; NHWC was expected.';
  return null;
}

function windowOf({ attributes }: GraphNode, filter: tf.Tensor4D) {
  const inner = (name: string): [number, number] => {
    const [, height = 1, width = 1] = attributes.integers(name);
    return [height, width];
  };
  const padding = attributes.text('padding') === 'SAME' ? ('same' as const) : ('valid' as const);
  const kernel: [number, number] = [filter.shape[0], filter.shape[1]];
  return { strides: inner('strides'), dilations: inner('dilations'), padding, kernel };
}

/** Explicit padding is a node of its own, as a padding layer is. */
function paddingParts({ attributes }: GraphNode): GraphPart[] {
  if (attributes.text('padding') !== 'EXPLICIT') return [];
  const [, , top = 0, bottom = 0, left = 0, right = 0] = attributes.integers('explicit_paddings');
  return [zeroPaddingPart({ top, bottom, left, right }, '/padding')];
}

/** Zeros around an image. */
export function zeroPaddingPart(padding: PaddingSides, suffix: GraphPart['suffix']): GraphPart {
  const { top, bottom, left, right } = padding;
  const sides: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return { suffix, operation: { kind: 'zeroPadding2d', padding }, run: ([x]) => [tf.pad(x, sides)] };
}
