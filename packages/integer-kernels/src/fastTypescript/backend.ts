import type { KernelBackend, KernelCall, OperandLayouts, OperandViews } from '../backend.js';
import { throwIfIssues } from '../errors.js';
import { allocateArena } from '../memory/allocateArena.js';
import { checkReserved } from '../memory/checkReserved.js';
import { checkViews } from '../memory/checkViews.js';
import { openOperands } from '../memory/openOperands.js';
import { denseRequest } from '../memory/tensorLayout.js';
import type { Op, OpName } from '../ops/index.js';
import { opNames } from '../ops/opDefinitions.js';
import { prepareReference } from '../typescript/kernels.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwiseConv2d.js';
import type { FastKernel } from './fastKernel.js';
import { type FastTypescriptBackendOptions, assertFastTypescriptOptions } from './fastTypescriptOptions.js';
import { gemm } from './gemm.js';
import { pairConvolution } from './pairs/pairConvolution.js';

/** The ops that have a kernel of their own; the reference kernels run the others. */
type FastKernels = { readonly [Name in OpName]?: FastKernel<Name> };

const fastKernels: FastKernels = { gemm, conv2d, depthwiseConv2d, dense };
const smallKernels: FastKernels = { ...fastKernels, conv2d: pairConvolution };

/**
 * Fast kernels in plain TypeScript, for hosts without WebAssembly.
 *
 * Integer operations of 32 bits alone, as in the reference, but on packed operands: one multiplication makes two products.
 * Packed weights lie in the constants, packed inputs in the scratch.
 * @throws BnfreeError UNKNOWN_OPTION, INVALID_OPTION
 */
export function fastTypescriptBackend(options: FastTypescriptBackendOptions = {}): KernelBackend {
  assertFastTypescriptOptions(options);
  const kernels = options.memory === 'small' ? smallKernels : fastKernels;
  return {
    name: 'fast-typescript',
    capabilities: { simd: false, relaxedSimd: false, threads: 1, notes: [] },
    ops: new Set(opNames),
    layout: (op) => layoutsOf(kernels, op),
    allocate: (byteLength) => Promise.resolve().then(() => allocateArena(byteLength)),
    prepare: (op, views) => Promise.resolve().then(() => prepareCall(kernels, op, views)),
    modules: () => [],
    dispose: () => Promise.resolve(),
  };
}

function layoutsOf(kernels: FastKernels, op: Op): OperandLayouts {
  const { constants, scratch } = kernelOf(kernels, op)?.planOf(op) ?? { constants: 0, scratch: 0 };
  return {
    inputs: op.inputs.map(() => denseRequest),
    output: denseRequest,
    constantBytes: byteLength(constants),
    scratchBytes: byteLength(scratch),
  };
}

function prepareCall(kernels: FastKernels, op: Op, views: OperandViews): KernelCall {
  throwIfIssues([...checkViews(op, views), ...checkReserved(layoutsOf(kernels, op), views)]);
  const kernel = kernelOf(kernels, op);
  const plan = kernel?.planOf(op);
  const isFast = kernel !== undefined && plan !== undefined;
  const runSync = isFast ? prepareFast(kernel, op, views) : prepareReference(op, openOperands(op, views));
  return {
    kernel: isFast ? `fast-typescript ${op.op} ${plan.kernel}` : `typescript ${op.op}`,
    runSync,
    run: () => Promise.resolve().then(runSync),
  };
}

function prepareFast(kernel: FastKernel<OpName>, op: Op, views: OperandViews): () => void {
  const { bytes } = views.arena;
  return kernel.prepare(op, {
    ...openOperands(op, views),
    words: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2),
    constants: views.constantsOffset >>> 2,
    scratch: views.scratchOffset >>> 2,
  });
}

/** The kernel of an op: the one at op.op takes exactly its type. */
function kernelOf(kernels: FastKernels, op: Op): FastKernel<OpName> | undefined {
  return kernels[op.op];
}

function byteLength(words: number): number {
  return (words << 2) >>> 0;
}
