import * as tf from '@tensorflow/tfjs-core';
import type { PlannedLayer, PlannedStructure, StudentPlan } from '../plan/studentPlan.js';
import { simulateStructure } from './simulateStructure.js';

/** A value on its way through the network and the grid that it lies on; null where it is float. */
export interface SimulatedValue {
  readonly value: tf.Tensor;
  readonly grid: { readonly step: tf.Tensor; readonly min: number; readonly max: number } | null;
}

/** How a layer is computed: fake-quantised, or in float. */
export type LayerForward = (layer: PlannedLayer, input: SimulatedValue) => SimulatedValue;

/**
 * Runs the plan's nodes that depend on the value named `from` and returns the value of the plan's output.
 * Pools and reshapes are computed here, layers by `layer`.
 */
export function forwardPlan(
  plan: StudentPlan,
  from: string,
  start: SimulatedValue,
  layer: LayerForward,
): SimulatedValue {
  const values = new Map([[from, start]]);
  for (const node of plan.nodes) {
    const input = values.get(node.input);
    if (input === undefined) continue;
    values.set(node.name, node.kind === 'layer' ? layer(node, input) : forwardStructure(node, input));
  }
  const output = values.get(plan.output);
  if (output === undefined) throw new RangeError(`"${plan.output}" does not depend on "${from}"`);
  return output;
}

function forwardStructure(node: PlannedStructure, input: SimulatedValue): SimulatedValue {
  if (node.operation.kind !== 'globalAveragePool2d' || input.grid === null)
    return { value: simulateStructure(node, input.value, input.grid?.step ?? null), grid: input.grid };
  // The same finer grid that integerizeStructure gives a global average.
  const { step, min, max } = input.grid;
  const finer =
    min < 0 ? { largest: Math.max(max, -min), min: -128, max: 127 } : { largest: max, min: 0, max: 255 };
  const grid = { step: tf.mul(step, finer.largest / finer.max), min: finer.min, max: finer.max };
  return { value: simulateStructure(node, input.value, grid.step), grid };
}
