import type { StudentPlan } from './studentPlan.js';

/** The teacher value that the student's output reproduces. */
export function logitsTap(plan: StudentPlan): string {
  const output = plan.nodes.find(({ name }) => name === plan.output);
  if (output?.kind !== 'layer')
    throw new RangeError(`plan "${plan.name}" has no output layer "${plan.output}"`);
  return output.tap;
}
