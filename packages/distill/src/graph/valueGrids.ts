import type { GraphNode } from '@bnfree/core';
import { integerizeStructure } from '../layers/integerizeStructure.js';
import type { FrozenLayer, ValueGrid } from '../layers/stages.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import { inputGrid } from './inputGrid.js';

/** Grid of every value that the frozen layers determine: the input, the layers and the structures between them. */
export function gridsOf(plan: StudentPlan, frozen: readonly FrozenLayer[]): Map<string, ValueGrid> {
  return walk(plan, frozen).grids;
}

/** Graph nodes of the frozen layers and the structures that they reach, in order. */
export function nodesOf(plan: StudentPlan, frozen: readonly FrozenLayer[]): GraphNode[] {
  return walk(plan, frozen).nodes;
}

function walk(
  plan: StudentPlan,
  frozen: readonly FrozenLayer[],
): { grids: Map<string, ValueGrid>; nodes: GraphNode[] } {
  const layers = new Map(frozen.map((layer) => [layer.plan.name, layer]));
  const grids = new Map([[plan.input.name, inputGrid(plan)]]);
  const nodes: GraphNode[] = [];
  for (const node of plan.nodes) {
    const input = grids.get(node.input);
    if (input === undefined) continue;
    if (node.kind === 'structure') {
      const structure = integerizeStructure(node, input);
      nodes.push(structure.node);
      grids.set(node.name, structure.output);
      continue;
    }
    const layer = layers.get(node.name);
    if (layer === undefined) continue;
    nodes.push(...layer.nodes);
    grids.set(node.name, layer.output);
  }
  return { grids, nodes };
}
