import * as tf from '@tensorflow/tfjs-core';
import type { Trainable } from './trainable.js';

/** One weight a channel: what a stand-alone normalisation becomes; kernel `[channels]`. */
export const affine: Trainable<'affine'> = {
  apply: (_, input, kernel) => tf.mul(input, kernel),
  kernelIndex: (_, channel) => channel,
  outputChannels: (shape) => shape[0],
  stepShape: (shape) => [shape[0]],
  integerShape: ([channels]) => [channels, 1, 1],
  integerOp: (_, __, { input, output, weights, bias, requantization }) => ({
    op: 'depthwiseConv2d',
    inputs: [input],
    output,
    weights,
    ...(bias === undefined ? {} : { bias }),
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 0, bottom: 0, left: 0, right: 0, value: input.zeroPoint },
    channelMultiplier: 1,
    requantization,
  }),
};
