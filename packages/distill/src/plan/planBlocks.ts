import { closestName } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import { inputsOf, isUnit, type PlannedUnit, type StudentPlan } from './studentPlan.js';

/** Units that are fitted together, in order; the last gives the value that they are fitted by. */
export interface PlannedBlock {
  readonly units: readonly PlannedUnit[];
  readonly end: PlannedUnit;
}

/** Where blocks end: behind each residual sum, or behind units by name. */
export type BlockEnds = 'residual' | readonly string[];

/**
 * The blocks of a plan, in order.
 *
 * By name, a block reaches from the end of the one before it (the first from the input); units behind the last end are in none. A
 * residual block reaches from where the branches of a sum part, or from the end of the block before it; one without layers is none.
 */
export function planBlocks(plan: StudentPlan, ends: BlockEnds): PlannedBlock[] {
  const units = plan.nodes.filter(isUnit);
  const starts = ends === 'residual' ? residualStarts(plan) : new Map(ends.map((name) => [name, 0]));
  const blocks: PlannedBlock[] = [];
  let free = 0;
  units.forEach((end, index) => {
    const start = starts.get(end.name);
    if (start === undefined) return;
    const members = units.slice(Math.max(start, free), index + 1);
    free = index + 1;
    if (members.some(({ kind }) => kind === 'layer')) blocks.push({ units: members, end });
  });
  return blocks;
}

/** Problems of block ends in a plan. */
export function blockIssues(plan: StudentPlan, ends: BlockEnds): Issue[] {
  const units = plan.nodes.filter(isUnit);
  const names = units.map(({ name }) => name);
  const unknown = ends === 'residual' ? [] : ends.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    return unknown.map((name) => ({
      code: 'OPTION_RANGE',
      path: 'blocks.ends',
      message: `got "${name}", expected names of the plan's units`,
      fix: `'${closestName(name, names) ?? names.at(-1) ?? ''}'`,
    }));
  }
  if (planBlocks(plan, ends).length > 0) return [];
  const [second = ''] = names.slice(1);
  return [
    {
      code: 'OPTION_WITHOUT_EFFECT',
      path: 'blocks.ends',
      message: `got ${JSON.stringify(ends)}, which makes no block of this plan; expected names of units with layers`,
      fix: `ends: ['${second}']`,
    },
  ];
}

/** Of each sum, by name, the place among the units of the first that lies behind the value where its branches part. */
function residualStarts({ inputs, nodes }: StudentPlan): Map<string, number> {
  /** Values that every way to a value leads through, itself among them. */
  const through = new Map<string, ReadonlySet<string>>(inputs.map(({ name }) => [name, new Set([name])]));
  const starts = new Map<string, number>();
  nodes.forEach((node) => {
    const [first, ...others] = inputsOf(node).map((name) => through.get(name) ?? new Set<string>());
    const common = [...first].filter((name) => others.every((names) => names.has(name)));
    through.set(node.name, new Set([...common, node.name]));
    if (node.kind !== 'merge' || node.operation.kind !== 'add') return;
    const fork = Math.max(...common.map((name) => nodes.findIndex((other) => other.name === name)), -1);
    starts.set(node.name, nodes.slice(0, fork + 1).filter(isUnit).length);
  });
  return starts;
}
