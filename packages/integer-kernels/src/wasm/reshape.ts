import { denseRequest } from '../memory/tensorLayout.js';
import { planCopy } from './copyValues.js';
import type { WasmKernel } from './wasmKernel.js';

/** Change of shape on WebAssembly. */
export const reshape: WasmKernel<'reshape'> = [
  {
    name: 'copy',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan: ({ inputs: [input], output }, layouts) => planCopy('reshape', input, output, layouts),
  },
];
