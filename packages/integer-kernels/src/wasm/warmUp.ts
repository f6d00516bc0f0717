import { tensorByteLength } from '../memory/tensorLayout.js';
import type { OperandViews } from '../backend.js';
import type { Op } from '../ops/index.js';
import type { KernelPlan } from './wasmKernel.js';

/** Work of one warming call, in units of a phase's `unitCost`: a fraction of a millisecond. */
const CALL_COST = 300_000;
const CALLS = 3;

/**
 * Runs the first units of every phase a few times, so that the engine compiles them well.
 *
 * Engines replace their quick first code when calls of it return and return again, not within a long one. Touches the
 * scratch alone: what stood in the output is put back.
 */
export function warmUp(
  { phases }: KernelPlan,
  { output }: Op,
  { arena, output: { byteOffset, layout } }: OperandViews,
  run: (phase: number, units: number) => void,
): void {
  const end = byteOffset + tensorByteLength(output, { ...layout, tailBytes: 0 });
  const before = arena.bytes.slice(byteOffset, end);
  phases.forEach(({ units, unitStep = 1, unitCost }, phase) => {
    const wanted = Math.ceil(CALL_COST / unitCost / unitStep) * unitStep;
    const count = Math.min(wanted, units);
    // One call of much work is enough to be noticed.
    const calls = count * unitCost > CALLS * CALL_COST ? 1 : CALLS;
    for (let call = 0; call < calls; call += 1) run(phase, count);
  });
  arena.bytes.set(before, byteOffset);
}
