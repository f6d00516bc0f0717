import type { Conv2dOp } from '../../ops/conv2d.js';
import type { Convolution } from './convolutionPlan.js';

/** A 2-D convolution as the direct kernels take it. */
export function conv2dConvolution(op: Conv2dOp): Convolution {
  return {
    ...op,
    name: op.op,
    input: op.inputs[0],
    bias: op.bias,
    kernel: [op.weights.shape[1], op.weights.shape[2]],
  };
}
