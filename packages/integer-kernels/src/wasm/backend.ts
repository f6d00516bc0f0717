import type { Arena, KernelBackend, KernelCall, PlacedOp } from '../backend.js';
import { BnfreeError } from '../errors.js';
import type { Op, OpName } from '../ops/index.js';
import { moduleLibrary } from './ahead/moduleLibrary.js';
import { detectCapabilities } from './capabilities.js';
import { createMemory } from './createMemory.js';
import { hostEngine } from './engine.js';
import { emitModule } from './emitModule.js';
import { candidatesOf, kernels } from './kernels.js';
import { kernelTarget } from './kernelTarget.js';
import { layoutVariants } from './layoutVariants.js';
import { moduleCache } from './moduleCache.js';
import { planSteps } from './planSteps.js';
import { operandLayouts } from './operandLayouts.js';
import { prepareSteps } from './prepareSteps.js';
import { backendDisposed } from './threads/backendDisposed.js';
import { callOf, type BoundPhase } from './threads/boundPhase.js';
import { crewSource } from './threads/crewSource.js';
import { arePlansWorthThreads } from './threads/threadCosts.js';
import { threadPlatform, type ThreadPlatform } from './threads/threadPlatform.js';
import { startRevectorization } from './revectorization.js';
import { assertWasmBackendOptions, type WasmBackendOptions } from './wasmBackendOptions.js';
import type { KernelTarget } from './wasmKernel.js';

/**
 * Integer kernels in WebAssembly, emitted for the exact op when it is prepared.
 *
 * Needs fixed-width SIMD, which every engine of Node >= 16.4, Chrome >= 91, Firefox >= 89 and Safari >= 16.4 has.
 * All ops that are prepared together share one module, and ops of equal shapes share functions in it. Large ops are divided
 * between threads, which start when the first of them is prepared and end with `dispose()`.
 * @throws BnfreeError SIMD_UNAVAILABLE, UNKNOWN_OPTION, INVALID_OPTION, MODULE_UNKNOWN
 */
export function wasmBackend(options: WasmBackendOptions = {}): KernelBackend {
  return wasmBackendOn(threadPlatform(), options);
}

/** The same on a given host, so that tests can choose one. */
export function wasmBackendOn(platform: ThreadPlatform, options: WasmBackendOptions): KernelBackend {
  assertWasmBackendOptions(options);
  if (options.revectorize === true) startRevectorization();
  const engine = detectCapabilities();
  if (!engine.simd) throw simdUnavailable();
  const library = options.modules && moduleLibrary(options.modules);
  const relaxedSimd = engine.relaxedSimd && library?.hasRelaxed !== false;
  const target = kernelTarget(options, { ...engine, relaxedSimd });
  const crews = crewSource(options, platform, library);
  const threads = crews.plannedThreads;
  const isShared = library?.isShared ?? threads > 1;
  const memories = new WeakMap<Arena, WebAssembly.Memory>();
  const phasesOf = new WeakMap<KernelCall, readonly BoundPhase[]>();
  const idsOf = new WeakMap<Arena, number[]>();
  const modules = library ?? moduleCache(isShared);
  let isDisposed = false;
  let phaseCount = 0;

  const prepareAll = async (placed: readonly PlacedOp[]): Promise<KernelCall[]> => {
    if (isDisposed) throw backendDisposed();
    const steps = planSteps(placed, memories, target, threads);
    const isThreaded = arePlansWorthThreads(
      steps.map(({ plan }) => plan),
      threads,
      platform.costs,
    );
    const crew = isThreaded ? crews.start() : Promise.resolve(undefined);
    // It may fail while this waits for something else.
    crew.catch(() => undefined);
    const prepared = await prepareSteps(steps, {
      memoryOf: (arena) => memories.get(arena) as WebAssembly.Memory,
      modules,
      threads,
      costs: platform.costs,
      crew,
      now: hostEngine().now,
      nextId: () => (phaseCount += 1),
    });
    prepared.forEach(({ call, phases }, index) => {
      const { arena } = placed[index].views;
      phasesOf.set(call, phases);
      idsOf.set(arena, [...(idsOf.get(arena) ?? []), ...phases.flatMap(({ id }) => id ?? [])]);
    });
    return prepared.map(({ call }) => call);
  };

  return {
    name: 'wasm',
    capabilities: {
      simd: true,
      relaxedSimd: target.relaxedSimd,
      ...(engine.probe && { probe: engine.probe }),
      get threads() {
        return crews.threads;
      },
      get notes() {
        return [...crews.notes];
      },
    },
    ops: new Set(Object.keys(kernels) as OpName[]),
    releasesConstants: options.memory === 'small',
    layout: (op) => operandLayouts(op, target, threads),
    allocate: (byteLength) =>
      Promise.resolve().then(() => {
        const memory = createMemory(byteLength, isShared);
        const arena: Arena = { byteLength, bytes: new Uint8Array(memory.buffer, 0, byteLength) };
        memories.set(arena, memory);
        return arena;
      }),
    prepare: async (op, views) => (await prepareAll([{ op, views }]))[0],
    prepareAll,
    sequence(calls) {
      const phases = calls.map((call) => phasesOf.get(call) ?? foreignCall());
      const sequence = callOf(`sequence of ${calls.length}`, phases.flat(), crews.started);
      phasesOf.set(sequence, phases.flat());
      return sequence;
    },
    async release(arena) {
      const ids = idsOf.get(arena) ?? [];
      idsOf.delete(arena);
      if (ids.length > 0) await crews.started?.drop(ids);
    },
    modules: (op) => modulesOf(op, target),
    async dispose() {
      isDisposed = true;
      modules.clear();
      await crews.dispose();
    },
  };
}

/** One module for every candidate of an op and every kind of code that layouts make it emit. */
function modulesOf(op: Op, target: KernelTarget): Uint8Array[] {
  const plans = candidatesOf(op, target).flatMap((candidate) =>
    layoutVariants(op, candidate.request(op, target)).map((layouts) => candidate.plan(op, layouts, target)),
  );
  const distinct = new Map(plans.map((plan) => [plan.key, plan]));
  return [...distinct.values()].map((plan) => emitModule([plan]));
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

function foreignCall(): never {
  throw new BnfreeError([
    {
      code: 'FOREIGN_CALL',
      path: 'calls',
      message: 'got a call of another backend, expected one that this backend prepared',
      fix: 'call sequence() of the backend that prepared the ops',
    },
  ]);
}
