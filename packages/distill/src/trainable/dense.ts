import * as tf from '@tensorflow/tfjs-core';
import type { Trainable } from './trainable.js';

/** Fully connected layer; kernel `[in, out]`. */
export const dense: Trainable<'dense'> = {
  apply: (_, input, kernel) => tf.matMul(input, kernel),
  kernelIndex: ([, outputs], channel, position) => position * outputs + channel,
  outputChannels: (shape) => shape[1],
  stepShape: (shape) => [1, shape[1]],
  integerShape: ([inputs, outputs]) => [outputs, inputs] as number[],
  integerOp: (_, __, { input, output, weights, bias, requantization }) => ({
    op: 'dense',
    inputs: [input],
    output,
    weights,
    ...(bias === undefined ? {} : { bias }),
    requantization,
  }),
};
