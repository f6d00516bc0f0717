import {
  BnfreeError,
  tensorByteLength,
  type Op,
  type OperandView,
  type TensorLayout,
} from '@bnfree/integer-kernels';
import { batchGraph } from '../graph/batchGraph.js';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { aliasReshapes } from './aliasReshapes.js';
import { alignUp, assignOffsets, type Lifetime } from './assignOffsets.js';
import { haloKey, shareHalos } from './shareHalos.js';
import {
  insertRelayouts,
  type LaidOutGraph,
  type LaidOutValue,
  type LayoutSource,
} from './insertRelayouts.js';

/** One op with all its memory. */
export interface PlannedStep {
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly OperandView[];
  readonly output: OperandView;
  readonly constantsOffset: number;
  readonly constantBytes: number;
  readonly scratchOffset: number;
  /** The output is the input's memory: there is nothing to run. */
  readonly isAlias: boolean;
}

/** A tensor and its place. */
export interface PlannedValue extends LaidOutValue {
  readonly view: OperandView;
  readonly byteLength: number;
  /** The value whose memory it uses: its own position, or that of the operand of an aliased reshape. */
  readonly root: number;
  /** Steps between which the memory holds the value: -1 is the caller's input, `steps.length` the reading of outputs. */
  readonly firstStep: number;
  readonly lastStep: number;
}

/** Bytes that a plan takes. */
export interface MemoryPlanReport {
  /** Packed weights, bias, multipliers: written once. */
  readonly constantBytes: number;
  readonly scratchBytes: number;
  /** All activations, with shared memory. */
  readonly activationBytes: number;
  /** What the activations would take without sharing. */
  readonly activationBytesWithoutReuse: number;
  /** The whole arena; at most 2^31 - 1. */
  readonly arenaBytes: number;
}

/** Where everything lies when a graph runs on a backend. */
export interface MemoryPlan {
  readonly batchSize: number;
  readonly values: readonly PlannedValue[];
  readonly steps: readonly PlannedStep[];
  /** Graph inputs and nodes by name: positions in `values`. */
  readonly valueIndex: ReadonlyMap<string, number>;
  /** Positions in `values` of halos that are read: filled once, after all ops are prepared, they stand there for good. */
  readonly haloFills: readonly number[];
  readonly report: MemoryPlanReport;
}

export interface PlanMemoryOptions {
  readonly backend: LayoutSource;
  /** Images a run; default 1. */
  readonly batchSize?: number;
  /** Whether tensors may share memory; default true. */
  readonly reuse?: boolean;
}

/** The largest arena that every engine can address with signed 32-bit offsets. */
const maximalArenaBytes = 2147483647;

/**
 * Decides layouts, lifetimes and offsets of everything a graph needs in memory.
 *
 * The graph must be valid (`checkGraph`). Arena: constants, scratch, activations; every offset is a multiple of 16.
 * @throws BnfreeError MEMORY_LIMIT, GRAPH_BATCH
 */
export function planMemory(graph: IntegerGraph, options: PlanMemoryOptions): MemoryPlan {
  const { backend, batchSize = 1, reuse = true } = options;
  const laidOut = insertRelayouts(batchGraph(graph, batchSize), backend);
  const aliases = aliasReshapes(laidOut);
  const lifetimes = findLifetimes(graph, laidOut, aliases.root);
  const assignment = placeActivations(laidOut.values, lifetimes, reuse);
  const constants = placeConstants(laidOut);
  const report = reportBytes(laidOut, constants.byteLength, assignment.byteLength, lifetimes);
  assertFits(report);
  const activationStart = report.constantBytes + report.scratchBytes;
  const tailBytes = largestTail(laidOut);
  const values = laidOut.values.map((value, index): PlannedValue => {
    const root = aliases.root[index];
    const layout: TensorLayout = { ...value.layout, tailBytes };
    const byteOffset = activationStart + assignment.offsets[root];
    return { ...value, ...lifetimes[root], root, layout, view: { byteOffset, layout } };
  });
  const steps = laidOut.steps.map(({ name, op, inputs, output, layouts }, index): PlannedStep => ({
    name,
    op,
    inputs: inputs.map((input) => values[input].view),
    output: values[output].view,
    constantsOffset: constants.offsets[index],
    constantBytes: layouts.constantBytes,
    scratchOffset: constants.byteLength,
    isAlias: aliases.steps.has(index),
  }));
  return {
    batchSize,
    values,
    steps,
    valueIndex: laidOut.valueIndex,
    haloFills: values.flatMap(({ haloValue }, index) => (haloValue === null ? [] : [index])),
    report,
  };
}

/** Memory of values whose halo is read holds nothing but their like, so that no run has to fill a halo again. */
function placeActivations(
  values: readonly LaidOutValue[],
  lifetimes: readonly Lifetime[],
  reuse: boolean,
): { offsets: number[]; byteLength: number } {
  const { slots, slotOf } = shareHalos(values.map(haloKey), lifetimes, reuse);
  const { offsets, byteLength } = assignOffsets(slots, reuse);
  return { offsets: slotOf.map((slot) => offsets[slot]), byteLength };
}

function reportBytes(
  laidOut: LaidOutGraph,
  constantBytes: number,
  activationBytes: number,
  lifetimes: readonly Lifetime[],
): MemoryPlanReport {
  const scratchBytes = laidOut.steps.reduce(
    (all, { layouts }) => Math.max(all, alignUp(layouts.scratchBytes)),
    0,
  );
  return {
    constantBytes,
    scratchBytes,
    activationBytes,
    activationBytesWithoutReuse: lifetimes.reduce((all, { byteLength }) => all + alignUp(byteLength), 0),
    arenaBytes: alignUp(constantBytes + scratchBytes + activationBytes + largestTail(laidOut)),
  };
}

/** From the step that makes a value to the last that reads it; values that share memory by aliasing live as one. */
function findLifetimes(
  graph: IntegerGraph,
  { values, steps, valueIndex }: LaidOutGraph,
  root: readonly number[],
): Lifetime[] {
  const lifetimes = values.map(({ tensor, layout }) => ({
    byteLength: tensorByteLength(tensor, { ...layout, tailBytes: 0 }),
    firstStep: -1,
    lastStep: -1,
  }));
  steps.forEach(({ inputs, output }, step) => {
    Object.assign(lifetimes[output], { firstStep: step, lastStep: step });
    for (const input of inputs) lifetimes[input].lastStep = step;
  });
  for (const { value } of graph.outputs) {
    lifetimes[valueIndex.get(value) ?? 0].lastStep = steps.length;
  }
  lifetimes.forEach((life, index) => {
    const whole = lifetimes[root[index]];
    if (whole === life) return;
    whole.lastStep = Math.max(whole.lastStep, life.lastStep);
    whole.byteLength = Math.max(whole.byteLength, life.byteLength);
    life.byteLength = 0;
  });
  return lifetimes;
}

function placeConstants({ steps }: LaidOutGraph): { offsets: number[]; byteLength: number } {
  let byteLength = 0;
  const offsets = steps.map(({ layouts }) => {
    const offset = byteLength;
    byteLength += alignUp(layouts.constantBytes);
    return offset;
  });
  return { offsets, byteLength };
}

function largestTail({ steps, values }: LaidOutGraph): number {
  const requested = steps.flatMap(({ layouts }) => [...layouts.inputs, layouts.output]);
  return [...requested, ...values.map(({ layout }) => layout)].reduce(
    (all, { tailBytes }) => Math.max(all, tailBytes),
    0,
  );
}

function assertFits({ arenaBytes }: MemoryPlanReport): void {
  if (arenaBytes <= maximalArenaBytes) return;
  throw new BnfreeError([
    {
      code: 'MEMORY_LIMIT',
      path: 'graph',
      message: `got ${arenaBytes} bytes of memory for one run, expected at most ${maximalArenaBytes}`,
      fix: 'use a smaller batchSize or a smaller input',
    },
  ]);
}
