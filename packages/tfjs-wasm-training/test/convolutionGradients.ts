import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionCase } from './convolutionCases.js';
import { noise } from './onBackends.js';

/** Computes the gradients of one convolution by its input and its filter, and its output. */
export function convolutionGradients(c: ConvolutionCase, isDepthwise: boolean): tf.Tensor[] {
  const x = noise([c.batch, c.height, c.width, c.inChannels], c.seed) as tf.Tensor4D;
  const filterShape = [c.filterHeight, c.filterWidth, c.inChannels, c.outChannels];
  const filter = noise(filterShape, c.seed + 1) as tf.Tensor4D;
  const convolve = (input: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
    isDepthwise
      ? tf.depthwiseConv2d(input as tf.Tensor4D, weights as tf.Tensor4D, c.strides, c.pad)
      : tf.conv2d(input as tf.Tensor4D, weights as tf.Tensor4D, c.strides, c.pad);
  const y = convolve(x, filter);
  return [y, ...tf.grads(convolve)([x, filter], noise(y.shape, c.seed + 2))];
}
