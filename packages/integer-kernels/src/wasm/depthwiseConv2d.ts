import { denseRequest } from '../memory/tensorLayout.js';
import { windowAxes } from '../ops/conv2d.js';
import type { DepthwiseConv2dOp } from '../ops/depthwiseConv2d.js';
import { planDepthwise, supportsDepthwise } from './depthwise/depthwisePlan.js';
import { planConvolution, type Convolution } from './matrix/convolutionPlan.js';
import type { TapsAtOnce } from './depthwise/tapSums.js';
import { neededHalo } from './neededHalo.js';
import { overreadRequest, type KernelCandidate, type WasmKernel } from './wasmKernel.js';

/** Kernel rows are written out; wider ones would make long code. */
const MAX_KERNEL_WIDTH = 32;

/** Depthwise convolution on WebAssembly. */
export const depthwiseConv2d: WasmKernel<'depthwiseConv2d'> = [
  {
    name: 'columnsRelaxed',
    supports: (op, { relaxedSimd }) => relaxedSimd && supportsColumns(op, 2),
    request: requestHalo,
    plan: (op, layouts) => planDepthwise(op, layouts, 2),
  },
  {
    name: 'columns',
    supports: (op) => supportsColumns(op, 1),
    request: requestHalo,
    plan: (op, layouts) => planDepthwise(op, layouts, 1),
  },
  {
    name: 'gather',
    request: () => ({ inputs: [overreadRequest], output: denseRequest }),
    plan: (op, layouts) => planConvolution(asGrouped(op), layouts, { kind: 'dot', weightBytes: 2 }),
  },
];

function supportsColumns(op: DepthwiseConv2dOp, tapsAtOnce: TapsAtOnce): boolean {
  return op.weights.shape[2] <= MAX_KERNEL_WIDTH && supportsDepthwise(op, tapsAtOnce);
}

/** All padding in the halo of the input. */
function requestHalo(op: DepthwiseConv2dOp): ReturnType<KernelCandidate['request']> {
  const { vertical, horizontal } = windowAxes(op);
  const halo = neededHalo(vertical, horizontal);
  const isRead = op.channelMultiplier === 1 && Object.values(halo).some((side) => side > 0);
  const input = isRead ? { ...denseRequest, halo, haloValue: op.padding.value } : denseRequest;
  return { inputs: [input], output: denseRequest };
}

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
