import { conv2dConvolution } from './matrix/conv2dConvolution.js';
import { matrixCandidates } from './matrix/matrixCandidates.js';
import { winograd } from './winograd/winograd.js';
import type { WasmKernel } from './wasmKernel.js';

/** 2-D convolution on WebAssembly. */
export const conv2d: WasmKernel<'conv2d'> = [winograd, ...matrixCandidates<'conv2d'>(conv2dConvolution)];
