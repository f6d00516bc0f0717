import * as tf from '@tensorflow/tfjs-core';
import { spreadKernel } from './spreadKernel.js';
import type { Trainable } from './trainable.js';

/** Convolution; kernel `[height, width, in / groups, out]`. */
export const conv2d: Trainable<'conv2d'> = {
  apply({ strides, dilations, padding, groups }, input, kernel) {
    const pad: [[number, number], [number, number], [number, number], [number, number]] = [
      [0, 0],
      [padding.top, padding.bottom],
      [padding.left, padding.right],
      [0, 0],
    ];
    const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
      tf.conv2d(x as tf.Tensor4D, spreadKernel(w, dilations) as tf.Tensor4D, [...strides], pad);
    if (groups === 1) return convolve(input, kernel);
    const inputs = tf.split(input, groups, 3);
    const kernels = tf.split(kernel, groups, 3);
    return tf.concat(
      inputs.map((x, group) => convolve(x, kernels[group])),
      3,
    );
  },
  kernelIndex: ([, , , outputs], channel, position) => position * outputs + channel,
  outputChannels: (shape) => shape[3],
  stepShape: (shape) => [1, 1, 1, shape[3]],
  integerShape: ([height, width, inputs, outputs]) => [outputs, height, width, inputs] as number[],
  integerOp: (
    _,
    { strides, dilations, padding, groups },
    { input, output, weights, bias, requantization },
  ) => ({
    op: 'conv2d',
    inputs: [input],
    output,
    weights,
    ...(bias === undefined ? {} : { bias }),
    strides,
    dilations,
    padding: { ...padding, value: input.zeroPoint },
    groups,
    requantization,
  }),
};
