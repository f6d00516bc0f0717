import type { OperandViews } from '../backend.js';
import type { KernelPlan } from './wasmKernel.js';

/** Work of one warming call, in units of a plan's `rowCost`: a fraction of a millisecond. */
const CALL_COST = 300_000;
const CALLS = 3;

/**
 * Runs the first rows a few times, so that the engine compiles them well.
 *
 * Engines replace their quick first code when calls of it return and return again, not within a long one. Touches the
 * scratch alone: what stood in the output is put back.
 */
export function warmUp(plan: KernelPlan, { arena, output }: OperandViews, run: (rows: number) => void): void {
  const wanted = Math.ceil(CALL_COST / plan.rowCost / plan.rowStep) * plan.rowStep;
  const rows = Math.min(wanted, plan.rows);
  const before = arena.bytes.slice(output.byteOffset, output.byteOffset + plan.outputEnd(rows));
  // One call of much work is enough to be noticed.
  const calls = rows * plan.rowCost > CALLS * CALL_COST ? 1 : CALLS;
  for (let call = 0; call < calls; call += 1) run(rows);
  arena.bytes.set(before, output.byteOffset);
}
