import { denseRequest } from '../memory/tensorLayout.js';
import { planCopy } from './copyValues.js';
import type { WasmKernel } from './wasmKernel.js';

/** Change of memory layout on WebAssembly. */
export const relayout: WasmKernel<'relayout'> = [
  {
    name: 'copy',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan: ({ inputs: [input], output }, layouts) => planCopy('relayout', input, output, layouts),
  },
];
