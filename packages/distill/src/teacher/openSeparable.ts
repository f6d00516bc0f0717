import * as tf from '@tensorflow/tfjs-core';
import { explicitPadding } from './explicitPadding.js';
import type { HostWeight } from './layerParameters.js';
import type { OpenedCall, OpenedNode } from './openedCall.js';
import type { TeacherOperation } from './teacher.js';
import type { TracedCall } from './traceLayers.js';

/**
 * A separable convolution as the two that it is: `NAME/depthwise`, and `NAME`, a 1x1 convolution.
 *
 * `operation` is the depthwise part with the layer's window; the bias is the pointwise part's.
 */
export function openSeparable(
  { name, path, layer, shapes }: Pick<TracedCall, 'name' | 'path' | 'layer' | 'shapes'>,
  inputs: readonly string[],
  operation: Extract<TeacherOperation, { kind: 'depthwiseConv2d' }>,
  weights: readonly HostWeight[],
): OpenedCall {
  const [depthwise, pointwise, bias] = weights as [HostWeight, HostWeight, HostWeight?];
  const [, height, width, filters] = shapes[0].map((size) => size ?? 0);
  const first: OpenedNode = {
    node: {
      name: `${name}/depthwise`,
      operation: { ...operation, hasBias: false },
      inputs,
      shape: [height, width, depthwise.shape[2] * depthwise.shape[3]],
      path,
    },
    parameters: { kernel: depthwise },
    weights: [depthwise],
    config: null,
  };
  const second: OpenedNode = {
    node: {
      name,
      operation: {
        kind: 'conv2d',
        strides: [1, 1],
        dilations: [1, 1],
        padding: 'valid',
        kernel: [1, 1],
        filters,
        hasBias: bias !== undefined,
      },
      inputs: [first.node.name],
      shape: [height, width, filters],
      path,
    },
    parameters: bias === undefined ? { kernel: pointwise } : { kernel: pointwise, bias: bias.values },
    weights: bias === undefined ? [pointwise] : [pointwise, bias],
    config: null,
  };
  const tensors = () => layer.getWeights() as [tf.Tensor4D, tf.Tensor4D, tf.Tensor?];
  return {
    nodes: [first, second],
    steps: [
      {
        inputs,
        outputs: [first.node.name],
        run: ([x]) => [depthwiseStep(x as tf.Tensor4D, tensors()[0], operation)],
      },
      {
        inputs: [first.node.name],
        outputs: [name],
        run: ([x]) => {
          const [, filter, offset] = tensors();
          const sums = tf.conv2d(x as tf.Tensor4D, filter, 1, 'valid');
          return [offset === undefined ? sums : tf.add(sums, offset)];
        },
      },
    ],
  };
}

/** Padded by hand: not every tfjs backend pads a depthwise convolution with a dilation. */
function depthwiseStep(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  operation: Extract<TeacherOperation, { kind: 'depthwiseConv2d' }>,
): tf.Tensor {
  const { top, bottom, left, right } = explicitPadding(x.shape.slice(1), operation);
  const padded = tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const { strides, dilations } = operation;
  return tf.depthwiseConv2d(padded, filter, [...strides], 'valid', 'NHWC', [...dilations]);
}
