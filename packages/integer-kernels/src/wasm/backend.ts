import type { Arena, KernelBackend, OperandViews, PlacedOp } from '../backend.js';
import { BnfreeError, throwIfIssues, type Issue } from '../errors.js';
import { checkViews } from '../memory/checkViews.js';
import type { Op, OpName } from '../ops/index.js';
import { detectCapabilities } from './capabilities.js';
import { createMemory } from './createMemory.js';
import { candidatesOf, chooseKernel, kernels } from './kernels.js';
import { kernelTarget } from './kernelTarget.js';
import { denseLayouts, layoutVariants } from './layoutVariants.js';
import { moduleCache } from './moduleCache.js';
import { emitModule, prepareSteps, type PlannedOp } from './prepareSteps.js';
import { scratchByteLength } from './scratch.js';
import { assertWasmBackendOptions, type WasmBackendOptions } from './wasmBackendOptions.js';
import type { KernelPlan, KernelTarget } from './wasmKernel.js';

/**
 * Integer kernels in WebAssembly, emitted for the exact op when it is prepared.
 *
 * Needs fixed-width SIMD, which every engine of Node >= 16.4, Chrome >= 91, Firefox >= 89 and Safari >= 16.4 has.
 * All ops that are prepared together share one module, and ops of equal shapes share functions in it.
 * @throws BnfreeError SIMD_UNAVAILABLE, UNKNOWN_OPTION, INVALID_OPTION
 */
export function wasmBackend(options: WasmBackendOptions = {}): KernelBackend {
  assertWasmBackendOptions(options);
  const capabilities = detectCapabilities();
  if (!capabilities.simd) throw simdUnavailable();
  const target = kernelTarget(options, capabilities);
  const memories = new WeakMap<Arena, WebAssembly.Memory>();
  const modules = moduleCache();
  const prepareAll = async (placed: readonly PlacedOp[]) => {
    const steps = planSteps(placed, memories, target);
    return prepareSteps(steps, (arena) => memories.get(arena) as WebAssembly.Memory, modules);
  };
  return {
    name: 'wasm',
    capabilities: { ...capabilities, relaxedSimd: target.relaxedSimd },
    ops: new Set(Object.keys(kernels) as OpName[]),
    layout(op) {
      const kernel = chooseKernel(op, target);
      const plan = kernel.plan(op, denseLayouts(op), target);
      const { constantBytes } = plan;
      return { ...kernel.request(op, target), constantBytes, scratchBytes: scratchByteLength(plan) };
    },
    allocate: (byteLength) =>
      Promise.resolve().then(() => {
        const memory = createMemory(byteLength);
        const arena: Arena = { byteLength, bytes: new Uint8Array(memory.buffer, 0, byteLength) };
        memories.set(arena, memory);
        return arena;
      }),
    prepare: async (op, views) => (await prepareAll([{ op, views }]))[0],
    prepareAll,
    modules: (op) => modulesOf(op, target),
    dispose() {
      modules.clear();
      return Promise.resolve();
    },
  };
}

/** Checks all places, then plans every op in the layouts that it got. */
function planSteps(
  placed: readonly PlacedOp[],
  memories: WeakMap<Arena, WebAssembly.Memory>,
  target: KernelTarget,
): PlannedOp[] {
  if (placed.some(({ views }) => !memories.has(views.arena))) throw foreignArena();
  throwIfIssues(placed.flatMap(({ op, views }) => checkViews(op, views)));
  const steps = placed.map(({ op, views }): PlannedOp => {
    const inputs = views.inputs.map(({ layout }) => layout);
    const plan = chooseKernel(op, target).plan(op, { inputs, output: views.output.layout }, target);
    return { op, views, plan };
  });
  throwIfIssues(steps.flatMap(({ plan, views }) => checkOwnMemory(plan, views)));
  return steps;
}

/** One module for every candidate of an op and every kind of code that layouts make it emit. */
function modulesOf(op: Op, target: KernelTarget): Uint8Array[] {
  const plans = candidatesOf(op, target).flatMap((candidate) =>
    layoutVariants(op).map((layouts) => candidate.plan(op, layouts, target)),
  );
  const distinct = new Map(plans.map((plan) => [plan.key, plan]));
  return [...distinct.values()].map((plan) => emitModule([plan]));
}

/** Checks that constants and scratch lie inside the arena. */
function checkOwnMemory(plan: KernelPlan, { arena, constantsOffset, scratchOffset }: OperandViews): Issue[] {
  const regions = [
    { path: 'constantsOffset', offset: constantsOffset, byteLength: plan.constantBytes },
    { path: 'scratchOffset', offset: scratchOffset, byteLength: scratchByteLength(plan) },
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
