import * as tf from '@tensorflow/tfjs-core';
import { spreadKernel } from './spreadKernel.js';
import type { Trainable } from './trainable.js';

/** Depthwise convolution; kernel `[height, width, in, multiplier]`, output channel `in * multiplier + m`. */
export const depthwiseConv2d: Trainable<'depthwiseConv2d'> = {
  apply({ strides, dilations, padding }, input, kernel) {
    // depthwiseConv2d takes no explicit padding on every tfjs backend
    const padded = tf.pad(input, [
      [0, 0],
      [padding.top, padding.bottom],
      [padding.left, padding.right],
      [0, 0],
    ]);
    const spread = spreadKernel(kernel, dilations);
    return tf.depthwiseConv2d(padded as tf.Tensor4D, spread as tf.Tensor4D, [...strides], 'valid');
  },
  kernelIndex: ([, , inputs, multiplier], channel, position) => position * inputs * multiplier + channel,
  outputChannels: (shape) => shape[2] * shape[3],
  stepShape: (shape) => [1, 1, shape[2], shape[3]],
  integerShape: ([height, width, inputs, multiplier]) => [inputs * multiplier, height, width] as number[],
  integerOp: (_, { strides, dilations, padding, channelMultiplier }, operands) => ({
    op: 'depthwiseConv2d',
    inputs: [operands.input],
    output: operands.output,
    weights: operands.weights,
    ...(operands.bias === undefined ? {} : { bias: operands.bias }),
    strides,
    dilations,
    padding: { ...padding, value: operands.input.zeroPoint },
    channelMultiplier,
    requantization: operands.requantization,
  }),
};
