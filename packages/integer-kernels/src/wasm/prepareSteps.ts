import type { Arena, KernelCall, OperandViews, PlacedOp } from '../backend.js';
import { ModuleBuilder } from './emitter/index.js';
import type { ModuleCache } from './moduleCache.js';
import { threadScratchOffset } from './scratch.js';
import { warmUp } from './warmUp.js';
import type { KernelPlan } from './wasmKernel.js';

/** An op in its place, and how it will run. */
export interface PlannedOp extends PlacedOp {
  readonly plan: KernelPlan;
}

type Phase = (...parameters: number[]) => void;

/**
 * Emits one module for all steps of a memory (two where some need relaxed SIMD), and binds every step to it.
 *
 * Steps of equal keys share their functions.
 */
export async function prepareSteps(
  steps: readonly PlannedOp[],
  memoryOf: (arena: Arena) => WebAssembly.Memory,
  modules: ModuleCache,
): Promise<KernelCall[]> {
  const calls: KernelCall[] = [];
  const positions = steps.map((_, position) => position);
  for (const group of groupBy(positions, (position) => steps[position].views.arena).values()) {
    const memory = memoryOf(steps[group[0]].views.arena);
    for (const members of groupBy(group, (position) => steps[position].plan.isRelaxed === true).values()) {
      const plans = new Map(members.map((position) => [steps[position].plan.key, steps[position].plan]));
      const keys = [...plans.keys()];
      const module = await modules.compile(keys.join('\n'), () => emitModule([...plans.values()]));
      const { exports } = await WebAssembly.instantiate(module, { arena: { memory } });
      const isCold = new Set(keys);
      for (const position of members) {
        const { plan } = steps[position];
        const phases = phaseNames(keys.indexOf(plan.key), plan).map((name) => exports[name] as Phase);
        calls[position] = bindStep(steps[position], phases, isCold.delete(plan.key));
      }
    }
  }
  return calls;
}

/** The binary module of some plans. */
export function emitModule(plans: readonly KernelPlan[]): Uint8Array {
  const module = new ModuleBuilder();
  plans.forEach((plan, index) => {
    plan.emit(module, phaseNames(index, plan));
  });
  return module.finish();
}

/** Names of the exported functions of the plan at a position of a module. */
function phaseNames(index: number, { phases }: KernelPlan): string[] {
  return phases.map((_, phase) => `${index}.${phase}`);
}

/** Writes the constants, warms the kernel up where it is new, and binds it to its addresses. */
function bindStep({ op, views, plan }: PlannedOp, phases: readonly Phase[], isCold: boolean): KernelCall {
  const addresses = writeConstants(plan, views);
  if (isCold) {
    warmUp(plan, op, views, (phase, units) => {
      phases[phase](...addresses, 0, units);
    });
  }
  // Bound functions call without allocating an array of parameters, and one promise serves all calls.
  const bound = phases.map((phase, index) =>
    phase.bind(undefined, ...addresses, 0, plan.phases[index].units),
  );
  const [first] = bound;
  const runSync =
    bound.length === 1
      ? first
      : () => {
          for (const phase of bound) phase();
        };
  const finished = Promise.resolve();
  return { kernel: plan.kernel, runSync, run: () => (runSync(), finished) };
}

/** Writes the constants and returns the addresses that the functions take. */
function writeConstants(plan: KernelPlan, views: OperandViews): number[] {
  const { arena, inputs, output, constantsOffset, scratchOffset } = views;
  const { buffer, byteOffset } = arena.bytes;
  const inputAddresses = inputs.map((input) => input.byteOffset);
  plan.writeConstants(new DataView(buffer, byteOffset + constantsOffset, plan.constantBytes), inputAddresses);
  return [
    ...(plan.areInputsConstants === true ? [] : inputAddresses),
    output.byteOffset,
    constantsOffset,
    scratchOffset,
    scratchOffset + threadScratchOffset(plan),
  ];
}

function groupBy<Value, Key>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
