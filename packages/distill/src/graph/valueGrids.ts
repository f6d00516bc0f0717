import type { GraphNode } from '@bnfree/core';
import { integerizeStructure } from '../layers/integerizeStructure.js';
import type { FrozenUnit, ValueGrid } from '../layers/stages.js';
import { inputsOf, type StudentPlan } from '../plan/studentPlan.js';
import { inputGrid } from './inputGrid.js';

/** Grid of every value that the frozen units determine: the input, the units and the structures between them. */
export function gridsOf(plan: StudentPlan, frozen: readonly FrozenUnit[]): Map<string, ValueGrid> {
  return walk(plan, frozen).grids;
}

/** Graph nodes of the frozen units and the structures that they reach, in order. */
export function nodesOf(plan: StudentPlan, frozen: readonly FrozenUnit[]): GraphNode[] {
  return walk(plan, frozen).nodes;
}

function walk(
  plan: StudentPlan,
  frozen: readonly FrozenUnit[],
): { grids: Map<string, ValueGrid>; nodes: GraphNode[] } {
  const units = new Map(frozen.map((unit) => [unit.plan.name, unit]));
  const grids = new Map(plan.inputs.map((input) => [input.name, inputGrid(input)]));
  const nodes: GraphNode[] = [];
  for (const node of plan.nodes) {
    if (!inputsOf(node).every((input) => grids.has(input))) continue;
    if (node.kind === 'structure') {
      const input = grids.get(node.input) as ValueGrid;
      const structure = integerizeStructure(node, input);
      nodes.push(structure.node);
      grids.set(node.name, structure.output);
      continue;
    }
    const unit = units.get(node.name);
    if (unit === undefined) continue;
    nodes.push(...unit.nodes);
    grids.set(node.name, unit.output);
  }
  return { grids, nodes };
}
