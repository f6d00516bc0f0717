import type { Arena, KernelBackend, KernelCall, OperandViews, TensorLayout } from '../backend.js';
import { BnfreeError, throwIfIssues, type Issue } from '../errors.js';
import { checkViews } from '../memory/checkViews.js';
import type { Op, OpName } from '../ops/index.js';
import { detectCapabilities } from './capabilities.js';
import { kernels, planKernel, requestLayouts } from './kernels.js';
import type { KernelPlan, OperandTensorLayouts } from './wasmKernel.js';

const PAGE_BYTES = 65536;

/** Size up to which browsers compile a module on their main thread. */
const SYNCHRONOUS_BYTES = 4096;

/** Work that one call of warming up does at most, where a row is not more than that. */
const WARM_UP_COST = 300_000;

/**
 * Integer kernels in WebAssembly, emitted for the exact op when it is prepared.
 *
 * Needs fixed-width SIMD, which every engine of Node >= 16.4, Chrome >= 91, Firefox >= 89 and Safari >= 16.4 has; throws
 * `SIMD_UNAVAILABLE` where it is missing. One thread.
 */
export function wasmBackend(): KernelBackend {
  const capabilities = detectCapabilities();
  if (!capabilities.simd) throw simdUnavailable();
  const memories = new WeakMap<Arena, WebAssembly.Memory>();
  const modules = new Map<string, Promise<WebAssembly.Module>>();
  return {
    name: 'wasm',
    capabilities,
    ops: new Set(Object.keys(kernels) as OpName[]),
    layout(op) {
      const { inputs, output } = requestLayouts(op);
      const { constantBytes, scratchBytes } = planKernel(op, denseLayouts(op));
      return { inputs, output, constantBytes, scratchBytes };
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
      const plan = planKernel(op, layoutsOf(views));
      throwIfIssues([...checkViews(op, views), ...checkOwnMemory(plan, views)]);
      const module = await compileOnce(modules, plan);
      return prepareCall(plan, views, new WebAssembly.Instance(module, { arena: { memory } }));
    },
    modules: (op) => emitVariants(op),
    dispose() {
      modules.clear();
      return Promise.resolve();
    },
  };
}

function layoutsOf({ inputs, output }: OperandViews): OperandTensorLayouts {
  return { inputs: inputs.map(({ layout }) => layout), output: output.layout };
}

/** Every operand dense, with `extra` channels between pixels and bytes behind. */
function uniformLayouts(
  op: Op,
  extra: { readonly channels: number; readonly tailBytes: number; readonly halo: number },
) {
  const layoutOf = ({ shape }: { readonly shape: readonly number[] }): TensorLayout => {
    const halo = shape.length === 4 ? extra.halo : 0;
    return {
      channelStride: shape[shape.length - 1] + extra.channels,
      halo: { top: halo, bottom: halo, left: halo, right: halo },
      tailBytes: extra.tailBytes,
    };
  };
  return { inputs: op.inputs.map(layoutOf), output: layoutOf(op.output) };
}

function denseLayouts(op: Op): OperandTensorLayouts {
  return uniformLayouts(op, { channels: 0, tailBytes: 0, halo: 0 });
}

/** The module for every kind of layout: dense, with readable bytes behind, with gaps and a halo. */
function emitVariants(op: Op): Uint8Array[] {
  const variants = [
    { channels: 0, tailBytes: 0, halo: 0 },
    { channels: 0, tailBytes: 16, halo: 0 },
    { channels: 3, tailBytes: 0, halo: 1 },
    { channels: 3, tailBytes: 16, halo: 1 },
  ];
  const plans = variants.map((variant) => planKernel(op, uniformLayouts(op, variant)));
  const distinct = new Map(plans.map((plan) => [plan.key, plan]));
  return [...distinct.values()].map((plan) => plan.emit());
}

function compileOnce(
  modules: Map<string, Promise<WebAssembly.Module>>,
  plan: KernelPlan,
): Promise<WebAssembly.Module> {
  const known = modules.get(plan.key);
  if (known !== undefined) return known;
  const bytes = plan.emit() as Uint8Array<ArrayBuffer>;
  // Browsers compile small modules at once on any thread; larger ones they may only compile in the background.
  const compiled =
    bytes.length <= SYNCHRONOUS_BYTES
      ? Promise.resolve(new WebAssembly.Module(bytes))
      : WebAssembly.compile(bytes);
  modules.set(plan.key, compiled);
  return compiled;
}

function prepareCall(plan: KernelPlan, views: OperandViews, instance: WebAssembly.Instance): KernelCall {
  const { arena, inputs, output, constantsOffset, scratchOffset } = views;
  const inputAddresses = inputs.map(({ byteOffset }) => byteOffset);
  plan.writeConstants(viewOf(arena, constantsOffset, plan.constantBytes), inputAddresses);
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
  // A bound function calls without allocating an array of parameters.
  const runSync = runRows.bind(undefined, ...addresses, 0, plan.rows);
  const finished = Promise.resolve();
  return {
    kernel: plan.kernel,
    run() {
      runSync();
      return finished;
    },
    runSync,
  };
}

/**
 * Runs the first rows a few times: engines compile a function well only after calls of it have returned.
 *
 * What stood in the output is put back.
 */
function warmUp(plan: KernelPlan, { arena, output }: OperandViews, run: (rows: number) => void): void {
  const wanted = Math.ceil(WARM_UP_COST / plan.rowCost / plan.rowStep) * plan.rowStep;
  const rows = Math.min(wanted, plan.rows);
  const before = arena.bytes.slice(output.byteOffset, output.byteOffset + plan.outputEnd(rows));
  const calls = rows * plan.rowCost > 4 * WARM_UP_COST ? 1 : 3;
  for (let call = 0; call < calls; call += 1) run(rows);
  arena.bytes.set(before, output.byteOffset);
}

/** Checks that constants and scratch lie inside the arena. */
function checkOwnMemory(plan: KernelPlan, { arena, constantsOffset, scratchOffset }: OperandViews): Issue[] {
  const regions = [
    { path: 'constantsOffset', offset: constantsOffset, byteLength: plan.constantBytes },
    { path: 'scratchOffset', offset: scratchOffset, byteLength: plan.scratchBytes },
  ];
  return regions
    .filter(
      ({ offset, byteLength }) => offset % 16 !== 0 || offset < 0 || offset + byteLength > arena.byteLength,
    )
    .map(({ path, offset, byteLength }) => ({
      code: 'VIEW_OUT_OF_BOUNDS',
      path,
      message: `got ${offset}, expected a multiple of 16 with ${byteLength} bytes behind it in ${arena.byteLength}`,
      fix: 'reserve constantBytes and scratchBytes of layout(op), aligned to 16 bytes',
    }));
}

function viewOf({ bytes }: Arena, byteOffset: number, byteLength: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + byteOffset, byteLength);
}

function createMemory(byteLength: number): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(byteLength / PAGE_BYTES));
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new BnfreeError(
      [
        {
          code: 'OUT_OF_MEMORY',
          path: 'byteLength',
          message: `got ${byteLength} bytes, which the engine could not allocate as WebAssembly memory`,
          fix: 'use a smaller batch, or a machine with more memory; one memory holds at most 4 GiB',
        },
      ],
      { cause },
    );
  }
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
