import * as tf from '@tensorflow/tfjs-core';
import type { Trainable } from './trainable.js';

/** Fully connected layer; kernel `[in, out]`. */
export const dense: Trainable<'dense'> = {
  apply: (_, input, kernel) => tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D),
  kernelIndex: ([, outputs], channel, position) => position * (outputs as number) + channel,
  outputChannels: (shape) => shape[1] as number,
  stepShape: (shape) => [1, shape[1] as number],
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
