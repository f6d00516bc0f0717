import { planConvolution } from './matrix/convolutionPlan.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { winograd } from './winograd/winograd.js';
import { overreadRequest, type WasmKernel } from './wasmKernel.js';

/** 2-D convolution on WebAssembly. */
export const conv2d: WasmKernel<'conv2d'> = [
  winograd,
  {
    name: 'gather',
    request: () => ({ inputs: [overreadRequest], output: denseRequest }),
    plan(op, layouts) {
      const { weights, strides, dilations, padding, groups, requantization } = op;
      return planConvolution(
        {
          name: 'conv2d',
          input: op.inputs[0],
          output: op.output,
          weights,
          bias: op.bias,
          kernel: [weights.shape[1], weights.shape[2]],
          strides,
          dilations,
          padding,
          groups,
          requantization,
        },
        layouts,
      );
    },
  },
];
