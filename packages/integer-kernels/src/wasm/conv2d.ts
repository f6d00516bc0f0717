import { matrixCandidates } from './matrix/matrixCandidates.js';
import { winograd } from './winograd/winograd.js';
import type { WasmKernel } from './wasmKernel.js';

/** 2-D convolution on WebAssembly. */
export const conv2d: WasmKernel<'conv2d'> = [
  winograd,
  ...matrixCandidates<'conv2d'>((op) => ({
    ...op,
    name: op.op,
    input: op.inputs[0],
    bias: op.bias,
    kernel: [op.weights.shape[1], op.weights.shape[2]],
  })),
];
