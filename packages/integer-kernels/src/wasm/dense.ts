import { gemvCandidates } from './gemv/gemvCandidates.js';
import { denseConvolution } from './matrix/denseConvolution.js';
import { matrixCandidates } from './matrix/matrixCandidates.js';
import type { WasmKernel } from './wasmKernel.js';

/** Fully connected layer on WebAssembly: few rows stream packed weights, many are a convolution. */
export const dense: WasmKernel<'dense'> = [...gemvCandidates, ...matrixCandidates<'dense'>(denseConvolution)];
