import type { Arena, KernelCall, OperandViews, PlacedOp } from '../backend.js';
import { phaseNames } from './emitModule.js';
import type { ModuleSource } from './moduleSource.js';
import { threadScratchAddress } from './scratch.js';
import { callOf, type BoundPhase } from './threads/boundPhase.js';
import type { Crew } from './threads/crew.js';
import type { CrewPhase } from './threads/crewMember.js';
import { splitUnits } from './threads/splitUnits.js';
import { isWorthSharing, type ThreadCosts } from './threads/threadCosts.js';
import { coldKernel, warmUp, type ColdKernel } from './warmUp.js';
import type { KernelPlan } from './wasmKernel.js';

/** An op in its place, and how it will run. */
export interface PlannedOp extends PlacedOp {
  readonly plan: KernelPlan;
}

/** What the steps of a backend have in common. */
export interface PreparationContext {
  readonly memoryOf: (arena: Arena) => WebAssembly.Memory;
  readonly modules: ModuleSource;
  readonly threads: number;
  readonly costs: ThreadCosts;
  /** Threads that will help, if any; they may still be starting. */
  readonly crew: Promise<Crew | undefined>;
  /** Milliseconds from any start; warming up ends by it. */
  readonly now: () => number;
  /** A number that no phase of the backend has yet. */
  readonly nextId: () => number;
}

/** A call and the phases that it consists of, so that they can be part of a longer one. */
export interface PreparedCall {
  readonly call: KernelCall;
  readonly phases: readonly BoundPhase[];
}

type PhaseFunction = (...parameters: number[]) => void;

/** Steps whose functions stand in one module, in one memory. */
interface StepGroup {
  readonly memory: WebAssembly.Memory;
  /** Positions among all steps. */
  readonly members: readonly number[];
}

/**
 * Emits one module for all steps of a memory (two where some need relaxed SIMD), binds every step to it and warms them up.
 *
 * Steps of equal keys share their functions.
 */
export async function prepareSteps(
  steps: readonly PlannedOp[],
  context: PreparationContext,
): Promise<PreparedCall[]> {
  const prepared: PreparedCall[] = [];
  const cold: ColdKernel[] = [];
  for (const { memory, members } of groupSteps(steps, context.memoryOf)) {
    const plans = new Map(members.map((position) => [steps[position].plan.key, steps[position].plan]));
    const keys = [...plans.keys()];
    const layers = members.map((position) => ({ key: steps[position].plan.key, name: steps[position].name }));
    const { module, positions } = await context.modules.find([...plans.values()], layers);
    const { exports } = await WebAssembly.instantiate(module, { arena: { memory } });
    const known = new Set<string>();
    const bound = members.map((position) => {
      const { plan } = steps[position];
      const names = phaseNames(positions[keys.indexOf(plan.key)], plan);
      const step = bindStep(steps[position], { names, exports }, context);
      if (!known.has(plan.key)) cold.push(step.cold);
      known.add(plan.key);
      return step;
    });
    const crew = await context.crew;
    const shared = bound.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.shared ?? []));
    await crew?.load(module, memory, exports, shared);
    bound.forEach(({ pieces }, index) => {
      const phases = pieces.map(({ phase, shared }) =>
        crew === undefined || shared === undefined ? phase : { ...phase, id: shared.id },
      );
      const call = callOf(steps[members[index]].plan.kernel, phases, crew);
      prepared[members[index]] = { call, phases };
    });
  }
  warmUp(cold, context.now);
  return prepared;
}

function groupSteps(
  steps: readonly PlannedOp[],
  memoryOf: (arena: Arena) => WebAssembly.Memory,
): StepGroup[] {
  const positions = steps.map((_, position) => position);
  const ofArena = groupBy(positions, (position) => steps[position].views.arena);
  return [...ofArena].flatMap(([arena, group]) => {
    const ofKind = groupBy(group, (position) => steps[position].plan.isRelaxed === true);
    return [...ofKind.values()].map((members) => ({ memory: memoryOf(arena), members }));
  });
}

interface StepFunctions {
  readonly names: readonly string[];
  readonly exports: WebAssembly.Exports;
}

interface BoundStep {
  readonly pieces: readonly BoundPiece[];
  readonly cold: ColdKernel;
}

/** A phase or a piece of one. */
interface BoundPiece {
  readonly phase: BoundPhase;
  /** The form in which threads share it, where that is worth it. */
  readonly shared?: CrewPhase;
}

/** Writes the constants, and binds a kernel to its addresses. */
function bindStep(
  { op, views, plan }: PlannedOp,
  { names, exports }: StepFunctions,
  { threads, costs, nextId }: PreparationContext,
): BoundStep {
  const addresses = writeConstants(plan, views);
  const parametersOf = (thread: number, begin: number, end: number): number[] => [
    ...addresses,
    threadScratchAddress(plan, views.scratchOffset, thread),
    begin,
    end,
  ];
  const functions = names.map((name) => exports[name] as PhaseFunction);
  const cold = coldKernel(plan, op, views, (phase, units) => {
    functions[phase](...parametersOf(0, 0, units));
  });
  const pieces = plan.phases.flatMap((phase, index) => {
    const { units, unitCost } = phase;
    const isShared = isWorthSharing(phase, threads, costs);
    const count = isShared ? Math.max(1, Math.ceil((units * unitCost) / costs.piece)) : 1;
    return splitUnits({ begin: 0, end: units }, phase, count).map((piece): BoundPiece => {
      const bound = {
        // Bound functions call without allocating an array of parameters.
        run: functions[index].bind(undefined, ...parametersOf(0, piece.begin, piece.end)),
        cost: (piece.end - piece.begin) * unitCost,
      };
      if (!isShared) return { phase: bound };
      const parameters = splitUnits(piece, phase, threads).map(({ begin, end }, thread) =>
        parametersOf(thread, begin, end),
      );
      return { phase: bound, shared: { id: nextId(), exportName: names[index], parameters } };
    });
  });
  return { pieces, cold };
}

/** Writes the constants and returns the addresses that all threads pass to the functions. */
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
