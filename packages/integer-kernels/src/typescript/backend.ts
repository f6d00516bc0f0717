import type { Arena, KernelBackend, KernelCall, OperandLayouts, OperandViews } from '../backend.js';
import { throwIfIssues } from '../errors.js';
import { checkViews } from '../memory/checkViews.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { tensorView } from '../memory/tensorView.js';
import type { Op, OpName } from '../ops/index.js';
import { opNames } from '../ops/opDefinitions.js';
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
import type { ReferenceKernel } from './referenceKernel.js';

const kernels = {
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
} satisfies { readonly [Name in OpName]: ReferenceKernel<Name> };

/**
 * The readable reference: every op, in plain TypeScript, with 32-bit integer operations alone.
 *
 * It takes any layout, asks for dense ones, and defines the bytes that every other backend must produce.
 */
export function typescriptBackend(): KernelBackend {
  return {
    name: 'typescript',
    capabilities: { simd: false, relaxedSimd: false, threads: 1 },
    ops: new Set(opNames),
    layout: denseLayouts,
    allocate: (byteLength) => Promise.resolve(allocateArena(byteLength)),
    prepare: (op, views) => Promise.resolve().then(() => prepareCall(op, views)),
    modules: () => [],
    dispose: () => Promise.resolve(),
  };
}

function denseLayouts(op: Op): OperandLayouts {
  return {
    inputs: op.inputs.map(() => denseRequest),
    output: denseRequest,
    constantBytes: 0,
    scratchBytes: 0,
  };
}

function allocateArena(byteLength: number): Arena {
  return { byteLength, bytes: new Uint8Array(byteLength) };
}

function prepareCall(op: Op, views: OperandViews): KernelCall {
  throwIfIssues(checkViews(op, views));
  const inputs = op.inputs.map((tensor, i) => tensorView(views.arena, tensor, views.inputs[i]));
  const output = tensorView(views.arena, op.output, views.output);
  // The kernel at op.op takes exactly the type of op; TypeScript cannot correlate the two unions.
  const runSync = (kernels[op.op] as ReferenceKernel<OpName>)(op, { inputs, output });
  return {
    kernel: `typescript ${op.op}`,
    runSync,
    run: () => Promise.resolve().then(runSync),
  };
}
