import { matrixCandidates } from './matrix/matrixCandidates.js';
import type { WasmKernel } from './wasmKernel.js';

/** Fully connected layer on WebAssembly: a convolution of one value per image. */
export const dense: WasmKernel<'dense'> = matrixCandidates((op) => ({
  ...op,
  name: op.op,
  input: op.inputs[0],
  bias: op.bias,
  kernel: [1, 1],
  strides: [1, 1],
  dilations: [1, 1],
  padding: { top: 0, left: 0, value: op.inputs[0].zeroPoint },
  groups: 1,
}));
