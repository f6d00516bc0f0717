import type { LayoutRequest } from '../backend.js';
import type { Op, OpName } from '../ops/index.js';
import { add } from './add.js';
import { averagePool2d } from './averagePool2d.js';
import { concat } from './concat.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwiseConv2d.js';
import { gemm } from './gemm.js';
import { globalAveragePool2d } from './globalAveragePool2d.js';
import { maxPool2d } from './maxPool2d.js';
import { relayout } from './relayout.js';
import { requantize } from './requantize.js';
import { reshape } from './reshape.js';
import type { KernelPlan, OperandTensorLayouts, WasmKernel } from './wasmKernel.js';

/** Every op on WebAssembly. */
export const kernels = {
  gemm,
  conv2d,
  depthwiseConv2d,
  dense,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  add,
  concat,
  requantize,
  reshape,
  relayout,
} satisfies { readonly [Name in OpName]: WasmKernel<Name> };

/** Layouts that the kernel of an op likes best. */
export function requestLayouts(op: Op): {
  readonly inputs: readonly LayoutRequest[];
  readonly output: LayoutRequest;
} {
  return kernelOf(op).request(op);
}

/** Plans an op in given layouts. */
export function planKernel(op: Op, layouts: OperandTensorLayouts): KernelPlan {
  return kernelOf(op).plan(op, layouts);
}

function kernelOf(op: Op): WasmKernel<OpName> {
  // The kernel at op.op takes exactly the type of op; that its methods accept any op is TypeScript's bivariance.
  return kernels[op.op];
}
