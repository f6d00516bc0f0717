import { conv2d } from './conv2d.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** Depthwise convolution: a convolution with one input channel a group. */
export const depthwiseConv2d: ReferenceKernel<'depthwiseConv2d'> = (op, operands) =>
  conv2d(
    {
      ...op,
      op: 'conv2d',
      groups: op.inputs[0].shape[3],
      weights: { ...op.weights, shape: [...op.weights.shape, 1] },
    },
    operands,
  );
