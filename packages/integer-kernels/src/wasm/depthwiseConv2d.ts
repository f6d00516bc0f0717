import { denseRequest } from '../memory/tensorLayout.js';
import type { DepthwiseConv2dOp } from '../ops/depthwiseConv2d.js';
import { planDepthwise } from './depthwise/depthwisePlan.js';
import { planConvolution, type Convolution } from './matrix/convolutionPlan.js';
import { overreadRequest, type WasmKernel } from './wasmKernel.js';

/** Kernels of more taps than this are written as loops: their unrolled code would be long. */
const MAX_UNROLLED_TAPS = 49;

/** Depthwise convolution on WebAssembly. */
export const depthwiseConv2d: WasmKernel<'depthwiseConv2d'> = [
  {
    name: 'taps',
    request: () => ({ inputs: [overreadRequest], output: denseRequest }),
    plan(op, layouts) {
      const [, kernelHeight, kernelWidth] = op.weights.shape;
      const isUnrolled = op.channelMultiplier === 1 && kernelHeight * kernelWidth <= MAX_UNROLLED_TAPS;
      return isUnrolled
        ? planDepthwise(op, layouts)
        : planConvolution(asGrouped(op), layouts, { kind: 'dot', weightBytes: 2 });
    },
  },
];

/** A depthwise convolution is a convolution with a group for every input channel. */
function asGrouped(op: DepthwiseConv2dOp): Convolution {
  const { weights, bias, strides, dilations, padding, requantization } = op;
  return {
    name: 'depthwiseConv2d',
    input: op.inputs[0],
    output: op.output,
    weights,
    bias,
    kernel: [weights.shape[1], weights.shape[2]],
    strides,
    dilations,
    padding,
    groups: op.inputs[0].shape[3],
    requantization,
  };
}
