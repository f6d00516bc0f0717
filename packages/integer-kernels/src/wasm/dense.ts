import { gemvCandidates } from './gemv/gemvCandidates.js';
import { matrixCandidates } from './matrix/matrixCandidates.js';
import type { WasmKernel } from './wasmKernel.js';

/** Fully connected layer on WebAssembly: few rows stream packed weights, many are a convolution. */
export const dense: WasmKernel<'dense'> = [
  ...gemvCandidates,
  ...matrixCandidates<'dense'>((op) => ({
    ...op,
    name: op.op,
    input: op.inputs[0],
    bias: op.bias,
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 0, left: 0, value: op.inputs[0].zeroPoint },
    groups: 1,
  })),
];
