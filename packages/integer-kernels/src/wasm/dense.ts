import { planConvolution } from './matrix/convolutionPlan.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { overreadRequest, type WasmKernel } from './wasmKernel.js';

/** Fully connected layer on WebAssembly: a convolution of one value per image. */
export const dense: WasmKernel<'dense'> = [
  {
    name: 'gather',
    request: () => ({ inputs: [overreadRequest], output: denseRequest }),
    plan: (op, layouts) =>
      planConvolution(
        {
          name: 'dense',
          input: op.inputs[0],
          output: op.output,
          weights: op.weights,
          bias: op.bias,
          kernel: [1, 1],
          strides: [1, 1],
          dilations: [1, 1],
          padding: { top: 0, left: 0, value: 0 },
          groups: 1,
          requantization: op.requantization,
        },
        layouts,
      ),
  },
];
