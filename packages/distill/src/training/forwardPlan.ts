import * as tf from '@tensorflow/tfjs-core';
import {
  inputsOf,
  type PlannedLayer,
  type PlannedMerge,
  type PlannedStructure,
  type PlanNode,
  type StudentPlan,
} from '../plan/studentPlan.js';
import { simulateStructure } from './simulateStructure.js';

/** A value on its way through the network and the grid that it lies on; null where it is float. */
export interface SimulatedValue {
  readonly value: tf.Tensor;
  readonly grid: { readonly step: tf.Tensor; readonly min: number; readonly max: number } | null;
}

/** How layers and merges are computed: fake-quantised, or in float. */
export interface UnitForward {
  layer(layer: PlannedLayer, input: SimulatedValue): SimulatedValue;
  merge(merge: PlannedMerge, inputs: readonly SimulatedValue[]): SimulatedValue;
}

/**
 * Computes the plan's outputs, in order, from given values, running only the nodes between them.
 * Pools and reshapes are computed here, the rest by `forward`.
 */
export function forwardPlan(
  plan: StudentPlan,
  given: ReadonlyMap<string, SimulatedValue>,
  forward: UnitForward,
): SimulatedValue[] {
  return outputsAmong(plan, computedValues(plan, given, forward));
}

/** The given values and all that the outputs need of them, by name: what {@link forwardPlan} computes on its way. */
export function computedValues(
  plan: StudentPlan,
  given: ReadonlyMap<string, SimulatedValue>,
  forward: UnitForward,
): ReadonlyMap<string, SimulatedValue> {
  const values = new Map(given);
  for (const node of nodesBetween(plan, given)) {
    const inputs = inputsOf(node).flatMap((name) => values.get(name) ?? []);
    if (inputs.length < inputsOf(node).length) continue;
    if (node.kind === 'layer') values.set(node.name, forward.layer(node, inputs[0]));
    else if (node.kind === 'merge') values.set(node.name, forward.merge(node, inputs));
    else values.set(node.name, forwardStructure(node, inputs[0]));
  }
  return values;
}

/** The plan's outputs, in order. */
export function outputsAmong(
  { outputs }: StudentPlan,
  values: ReadonlyMap<string, SimulatedValue>,
): SimulatedValue[] {
  return outputs.map((name) => {
    const output = values.get(name);
    if (output === undefined) throw new RangeError(`"${name}" depends on more values than were given`);
    return output;
  });
}

/** Nodes that the outputs need of some values that are held, in order, and those values that they take. */
export function valuesTaken(
  plan: StudentPlan,
  held: readonly string[],
): { readonly nodes: readonly PlanNode[]; readonly taken: readonly string[] } {
  const nodes = nodesBetween(plan, new Map(held.map((name) => [name, null])));
  const inputs = new Set(nodes.flatMap(inputsOf));
  return { nodes, taken: held.filter((name) => inputs.has(name)) };
}

/** Nodes that the outputs need and that are not given, in order. */
function nodesBetween({ nodes, outputs }: StudentPlan, given: ReadonlyMap<string, unknown>): PlanNode[] {
  const needed = new Set(outputs);
  const between: PlanNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!needed.has(node.name) || given.has(node.name)) continue;
    between.unshift(node);
    for (const input of inputsOf(node)) needed.add(input);
  }
  return between;
}

function forwardStructure(node: PlannedStructure, input: SimulatedValue): SimulatedValue {
  if (node.operation.kind !== 'globalAveragePool2d' || input.grid === null)
    return { value: simulateStructure(node, input.value, input.grid?.step ?? null), grid: input.grid };
  const grid = finerGrid(input.grid);
  return { value: simulateStructure(node, input.value, grid.step), grid };
}

/** The grid that integerizeStructure gives a global average. */
export function finerGrid({
  step,
  min,
  max,
}: NonNullable<SimulatedValue['grid']>): NonNullable<SimulatedValue['grid']> {
  const finer =
    min < 0 ? { largest: Math.max(max, -min), min: -128, max: 127 } : { largest: max, min: 0, max: 255 };
  return { step: tf.mul(step, finer.largest / finer.max), min: finer.min, max: finer.max };
}
