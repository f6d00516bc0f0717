import * as tf from '@tensorflow/tfjs-core';
import { quantizeDoReFa } from '../lowBit/quantizeDoReFa.js';
import { explicitPadding, type WindowGeometry } from './explicitPadding.js';
import type { TfjsLayer } from './tfjsLayersModel.js';
import type { TeacherOperation } from './teacher.js';

/** Computes a value from values, inside a tidy scope of the caller's. */
export type StepFunction = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

/**
 * The linear part of a convolution or dense layer, or null for any other operation.
 *
 * Outside a gradient tape the fused kernels of tfjs-layers are used, which give the bits of `model.predict`. On a tape
 * they would compute the gradients of the frozen weights as well, so the plain kernels are used there; low-bit layers always use those.
 */
export function linearStep(layer: TfjsLayer, operation: TeacherOperation): StepFunction | null {
  switch (operation.kind) {
    case 'conv2d':
      return ([image]) => {
        const [filter, bias] = linearWeights(layer, operation) as [tf.Tensor4D, tf.Tensor?];
        const x = image as tf.Tensor4D;
        const strides: [number, number] = [...operation.strides];
        const dilations: [number, number] = [...operation.dilations];
        const pad = tfjsPadding(x, operation);
        if (tf.engine().isTapeOn() || operation.weightBits !== undefined)
          return [withBias(tf.conv2d(x, filter, strides, pad, 'NHWC', dilations), bias)];
        return [
          tf.fused.conv2d({ x, filter, strides, dilations, pad, ...(bias === undefined ? {} : { bias }) }),
        ];
      };
    case 'depthwiseConv2d':
      return ([image]) => {
        const [filter, bias] = layer.getWeights() as [tf.Tensor4D, tf.Tensor?];
        const x = image as tf.Tensor4D;
        return [
          withBias(tf.depthwiseConv2d(x, filter, [...operation.strides], tfjsPadding(x, operation)), bias),
        ];
      };
    case 'dense':
      return ([a]) => {
        const [b, bias] = linearWeights(layer, operation) as [tf.Tensor2D, tf.Tensor?];
        if (tf.engine().isTapeOn() || operation.weightBits !== undefined)
          return [withBias(tf.matMul(a, b), bias)];
        return [tf.fused.matMul(bias === undefined ? { a, b } : { a, b, bias })];
      };
    default:
      return null;
  }
}

/** Kernel and bias as the layer computes with them; called inside a tidy scope. */
function linearWeights(
  layer: TfjsLayer,
  { weightBits }: { readonly weightBits?: number },
): readonly (tf.Tensor | undefined)[] {
  const [kernel, ...rest] = layer.getWeights();
  return [weightBits === undefined ? kernel : quantizeDoReFa(kernel, weightBits), ...rest];
}

function withBias(value: tf.Tensor, bias: tf.Tensor | undefined): tf.Tensor {
  return bias === undefined ? value : tf.add(value, bias);
}

type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

/** `same` with a stride above the kernel size gives zeros on tfjs-backend-wasm (tensorflow/tfjs#5907), explicit padding does not. */
function tfjsPadding(x: tf.Tensor, window: WindowGeometry): 'same' | 'valid' | ExplicitPadding {
  if (window.padding === 'valid' || window.strides.every((stride, axis) => stride <= window.kernel[axis])) {
    return window.padding;
  }
  const { top, bottom, left, right } = explicitPadding(x.shape.slice(1), window);
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
