import type { IntegerGraph } from '@bnfree/core';
import type { FrozenUnit, ValueGrid } from '../layers/stages.js';
import { isLogits } from '../plan/outputTaps.js';
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
  const grids = gridsOf(plan, frozen);
  const { outputs } = plan;
  return {
    name: plan.name,
    inputs: plan.inputs.map((input) => ({ name: input.name, ...inputGrid(input) })),
    nodes: nodesOf(plan, frozen),
    outputs: outputs.map((value) => ({
      name: outputName(plan, value),
      value,
      scale: (grids.get(value) as ValueGrid).scale,
    })),
    classes: plan.classes,
    metadata,
  };
}

/** The only output is called by what it is, several by the layers that make them. */
export function outputName(plan: StudentPlan, value: string): string {
  if (plan.outputs.length > 1) return value;
  return isLogits(plan, value) ? 'logits' : 'output';
}
