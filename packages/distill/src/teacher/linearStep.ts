import * as tf from '@tensorflow/tfjs-core';
import { explicitPadding, type WindowGeometry } from './explicitPadding.js';
import type { TfjsLayer } from './tfjsLayersModel.js';
import type { TeacherOperation } from './teacher.js';

/** Computes a value from values, inside a tidy scope of the caller's. */
export type StepFunction = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

/**
 * The linear part of a convolution or dense layer, or null for any other operation.
 *
 * Outside a gradient tape the fused kernels of tfjs-layers are used, which give the bits of `model.predict`. On a tape
 * they would compute the gradients of the frozen weights as well, so the plain kernels are used there.
 */
export function linearStep(layer: TfjsLayer, operation: TeacherOperation): StepFunction | null {
  switch (operation.kind) {
    case 'conv2d':
      return ([x]) => {
        const [filter, bias] = layer.getWeights();
        const settings = {
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: [...operation.strides] as [number, number],
          dilations: [...operation.dilations] as [number, number],
          pad: tfjsPadding(x, operation),
        };
        if (!tf.engine().isTapeOn())
          return [tf.fused.conv2d(bias === undefined ? settings : { ...settings, bias })];
        const { strides, dilations, pad } = settings;
        return [withBias(tf.conv2d(settings.x, settings.filter, strides, pad, 'NHWC', dilations), bias)];
      };
    case 'depthwiseConv2d':
      return ([x]) => {
        const [filter, bias] = layer.getWeights();
        const pad = tfjsPadding(x, operation);
        return [
          withBias(
            tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [...operation.strides], pad),
            bias,
          ),
        ];
      };
    case 'dense':
      return ([x]) => {
        const [kernel, bias] = layer.getWeights();
        const a = x as tf.Tensor2D;
        const b = kernel as tf.Tensor2D;
        if (tf.engine().isTapeOn()) return [withBias(tf.matMul(a, b), bias)];
        return [tf.fused.matMul(bias === undefined ? { a, b } : { a, b, bias })];
      };
    default:
      return null;
  }
}

function withBias(value: tf.Tensor, bias: tf.Tensor | undefined): tf.Tensor {
  return bias === undefined ? value : tf.add(value, bias);
}

type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

/** `same` with a stride above the kernel size gives zeros on tfjs-backend-wasm (tensorflow/tfjs#5907), explicit padding does not. */
function tfjsPadding(x: tf.Tensor | undefined, window: WindowGeometry): 'same' | 'valid' | ExplicitPadding {
  if (
    window.padding === 'valid' ||
    window.strides.every((stride, axis) => stride <= (window.kernel[axis] ?? 0))
  ) {
    return window.padding;
  }
  const { top, bottom, left, right } = explicitPadding(x?.shape.slice(1) ?? [], window);
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
