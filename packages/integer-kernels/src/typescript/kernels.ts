import type { OpenOperands } from '../memory/openOperands.js';
import type { Op, OpName } from '../ops/index.js';
import { add } from './add.js';
import { averagePool2d } from './averagePool2d.js';
import { concat } from './concat.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwiseConv2d.js';
import { gemm } from './gemm.js';
import { globalAveragePool2d } from './globalAveragePool2d.js';
import { lookup } from './lookup.js';
import { maxPool2d } from './maxPool2d.js';
import { relayout } from './relayout.js';
import { requantize } from './requantize.js';
import { reshape } from './reshape.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** The reference kernel of every op. */
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
  lookup,
  reshape,
  relayout,
} satisfies { readonly [Name in OpName]: ReferenceKernel<Name> };

/** Prepares any op on its reference kernel. */
export function prepareReference(op: Op, operands: OpenOperands): () => void {
  // The kernel at op.op takes exactly the type of op; TypeScript cannot correlate the two unions.
  return (kernels[op.op] as ReferenceKernel<OpName>)(op, operands);
}
