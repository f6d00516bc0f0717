import type { Arena, KernelBackend, KernelCall, OperandViews } from '../backend.js';
import { BnfreeError, throwIfIssues, type Issue } from '../errors.js';
import { checkViews } from '../memory/checkViews.js';
import type { OpName } from '../ops/index.js';
import { detectCapabilities } from './capabilities.js';
import { createMemory } from './createMemory.js';
import { kernels, planKernel, requestLayouts } from './kernels.js';
import { denseLayouts, layoutVariants } from './layoutVariants.js';
import { moduleCache } from './moduleCache.js';
import { warmUp } from './warmUp.js';
import type { KernelPlan } from './wasmKernel.js';

/**
 * Integer kernels in WebAssembly, emitted for the exact op when it is prepared.
 *
 * Needs fixed-width SIMD, which every engine of Node >= 16.4, Chrome >= 91, Firefox >= 89 and Safari >= 16.4 has; throws
 * `SIMD_UNAVAILABLE` where it is missing. One thread. Ops of equal shapes share a compiled module.
 */
export function wasmBackend(): KernelBackend {
  const capabilities = detectCapabilities();
  if (!capabilities.simd) throw simdUnavailable();
  const memories = new WeakMap<Arena, WebAssembly.Memory>();
  const modules = moduleCache();
  return {
    name: 'wasm',
    capabilities,
    ops: new Set(Object.keys(kernels) as OpName[]),
    layout(op) {
      const { constantBytes, scratchBytes } = planKernel(op, denseLayouts(op));
      return { ...requestLayouts(op), constantBytes, scratchBytes };
    },
    allocate: (byteLength) =>
      Promise.resolve().then(() => {
        const memory = createMemory(byteLength);
        const arena: Arena = { byteLength, bytes: new Uint8Array(memory.buffer, 0, byteLength) };
        memories.set(arena, memory);
        return arena;
      }),
    async prepare(op, views) {
      const memory = memories.get(views.arena);
      if (memory === undefined) throw foreignArena();
      throwIfIssues(checkViews(op, views));
      const inputs = views.inputs.map(({ layout }) => layout);
      const plan = planKernel(op, { inputs, output: views.output.layout });
      throwIfIssues(checkOwnMemory(plan, views));
      const module = await modules.compile(plan);
      return prepareCall(plan, views, await WebAssembly.instantiate(module, { arena: { memory } }));
    },
    modules(op) {
      const plans = layoutVariants(op).map((layouts) => planKernel(op, layouts));
      const distinct = new Map(plans.map((plan) => [plan.key, plan]));
      return [...distinct.values()].map((plan) => plan.emit());
    },
    dispose() {
      modules.clear();
      return Promise.resolve();
    },
  };
}

/** Writes the constants, warms the kernel up and binds it to its addresses. */
function prepareCall(plan: KernelPlan, views: OperandViews, instance: WebAssembly.Instance): KernelCall {
  const { arena, inputs, output, constantsOffset, scratchOffset } = views;
  const { buffer, byteOffset } = arena.bytes;
  const inputAddresses = inputs.map((input) => input.byteOffset);
  const constants = new DataView(buffer, byteOffset + constantsOffset, plan.constantBytes);
  plan.writeConstants(constants, inputAddresses);
  const addresses = [
    ...(plan.areInputsConstants === true ? [] : inputAddresses),
    output.byteOffset,
    constantsOffset,
    scratchOffset,
  ];
  const runRows = instance.exports['run'] as (...parameters: number[]) => void;
  warmUp(plan, views, (rows) => {
    runRows(...addresses, 0, rows);
  });
  // A bound function calls without allocating an array of parameters, and one promise serves all calls.
  const runSync = runRows.bind(undefined, ...addresses, 0, plan.rows);
  const finished = Promise.resolve();
  return { kernel: plan.kernel, runSync, run: () => (runSync(), finished) };
}

/** Checks that constants and scratch lie inside the arena. */
function checkOwnMemory(plan: KernelPlan, { arena, constantsOffset, scratchOffset }: OperandViews): Issue[] {
  const regions = [
    { path: 'constantsOffset', offset: constantsOffset, byteLength: plan.constantBytes },
    { path: 'scratchOffset', offset: scratchOffset, byteLength: plan.scratchBytes },
  ];
  return regions
    .filter(
      ({ offset, byteLength }) =>
        !Number.isInteger(offset) ||
        offset % 16 !== 0 ||
        offset < 0 ||
        offset + byteLength > arena.byteLength,
    )
    .map(({ path, offset, byteLength }) => ({
      code: 'VIEW_OUT_OF_BOUNDS',
      path,
      message: `got ${offset}, expected a multiple of 16 with ${byteLength} bytes behind it in ${arena.byteLength}`,
      fix: 'reserve constantBytes and scratchBytes of layout(op), aligned to 16 bytes',
    }));
}

function simdUnavailable(): BnfreeError {
  return new BnfreeError([
    {
      code: 'SIMD_UNAVAILABLE',
      path: 'wasmBackend()',
      message: 'got an engine without fixed-width WebAssembly SIMD, expected one with it',
      fix: 'update the browser or Node, or use typescriptBackend()',
    },
  ]);
}

function foreignArena(): BnfreeError {
  return new BnfreeError([
    {
      code: 'FOREIGN_ARENA',
      path: 'views.arena',
      message: 'got an arena of another backend, expected one that this backend allocated',
      fix: 'call allocate() of the backend that prepares the op',
    },
  ]);
}
