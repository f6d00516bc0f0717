import type { KernelBackend, KernelCall, OperandLayouts, OperandViews } from '../backend.js';
import { throwIfIssues } from '../errors.js';
import { allocateArena } from '../memory/allocateArena.js';
import { checkViews } from '../memory/checkViews.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { openOperands } from '../memory/openOperands.js';
import type { Op } from '../ops/index.js';
import { opNames } from '../ops/opDefinitions.js';
import { prepareReference } from './kernels.js';

/**
 * The readable reference: every op, in plain TypeScript, with 32-bit integer operations alone.
 *
 * It takes any layout, asks for dense ones, and defines the bytes that every other backend must produce.
 */
export function typescriptBackend(): KernelBackend {
  return {
    name: 'typescript',
    capabilities: { simd: false, relaxedSimd: false, threads: 1, notes: [] },
    ops: new Set(opNames),
    layout: denseLayouts,
    allocate: (byteLength) => Promise.resolve().then(() => allocateArena(byteLength)),
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

function prepareCall(op: Op, views: OperandViews): KernelCall {
  throwIfIssues(checkViews(op, views));
  const runSync = prepareReference(op, openOperands(op, views));
  return {
    kernel: `typescript ${op.op}`,
    runSync,
    run: () => Promise.resolve().then(runSync),
  };
}
