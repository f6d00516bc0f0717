import type { IntegerGraph } from '@bnfree/core';
import type { FrozenUnit, ValueGrid } from '../layers/stages.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import { inputGrid } from './inputGrid.js';
import { gridsOf, nodesOf } from './valueGrids.js';

/**
 * The integer network of a plan whose units are all frozen.
 * `metadata` tells people where the model comes from; it must hold no decimal point.
 */
export function assembleGraph(
  plan: StudentPlan,
  frozen: readonly FrozenUnit[],
  metadata: Readonly<Record<string, string>>,
): IntegerGraph {
  const { tensor, scale } = inputGrid(plan);
  const output = gridsOf(plan, frozen).get(plan.output) as ValueGrid;
  return {
    name: plan.name,
    inputs: [{ name: plan.input.name, tensor, scale }],
    nodes: nodesOf(plan, frozen),
    outputs: [{ name: 'logits', value: plan.output, scale: output.scale }],
    classes: plan.classes,
    metadata,
  };
}
