import type { StudentPlan } from './studentPlan.js';

/** The teacher values that the student's outputs reproduce, in order. */
export function outputTaps(plan: StudentPlan): string[] {
  return plan.outputs.map((output) => tapOf(plan, output));
}

/** The teacher's value that a student value stands for. */
export function tapOf({ nodes }: StudentPlan, value: string): string {
  const node = nodes.find(({ name }) => name === value);
  return node === undefined || node.kind === 'structure' ? value : node.tap;
}

/** Whether an output is the int32 sums of a layer, rather than a value on a grid. */
export function isLogits({ nodes }: StudentPlan, output: string): boolean {
  const node = nodes.find(({ name }) => name === output);
  return node?.kind === 'layer' && node.activations === null;
}
