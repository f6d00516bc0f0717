import type { DenseOp } from '../../ops/dense.js';
import type { Convolution } from './convolutionPlan.js';

/** A fully connected layer as the direct kernels take it: every row is a window of its own. */
export function denseConvolution(op: DenseOp): Convolution {
  return {
    ...op,
    name: op.op,
    input: op.inputs[0],
    bias: op.bias,
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 0, left: 0, value: op.inputs[0].zeroPoint },
    groups: 1,
  };
}
