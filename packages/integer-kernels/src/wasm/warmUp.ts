import { tensorByteLength } from '../memory/tensorLayout.js';
import type { OperandViews } from '../backend.js';
import type { Op } from '../ops/index.js';
import type { KernelPlan } from './wasmKernel.js';

/** Work of one warming call, in units of a phase's `unitCost`: a fraction of a millisecond. */
const CALL_COST = 300_000;
const ROUNDS = 3;

/** Time for all kernels of a model; a large model does without the last rounds of its dearest kernels. */
const BUDGET_MS = 100;

/** A kernel that has not run yet. */
export interface ColdKernel {
  /** Multiply-accumulates, or values visited, of its first call. */
  readonly cost: number;
  /** Runs the first units of its phases, in order. */
  readonly call: (round: number) => void;
}

/**
 * Runs kernels a few times, so that the engine compiles them well.
 *
 * Engines replace their quick first code when calls of it return and return again, not within a long one: each kernel is called
 * once a round, the cheapest first, as long as the budget lasts.
 */
export function warmUp(kernels: readonly ColdKernel[], now: () => number): void {
  const end = now() + BUDGET_MS;
  const ordered = [...kernels].sort((a, b) => a.cost - b.cost);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { call } of ordered) {
      if (now() >= end) return;
      call(round);
    }
  }
}

/** What warms up a plan in its place. Touches the scratch alone: what stood in the output is put back. */
export function coldKernel(
  { phases }: KernelPlan,
  { output }: Op,
  { arena, output: { byteOffset, layout } }: OperandViews,
  run: (phase: number, units: number) => void,
): ColdKernel {
  const end = byteOffset + tensorByteLength(output, { ...layout, tailBytes: 0 });
  const counts = phases.map(({ units, unitStep = 1, unitCost }) =>
    Math.min(units, Math.ceil(CALL_COST / unitCost / unitStep) * unitStep),
  );
  const costs = phases.map(({ unitCost }, phase) => counts[phase] * unitCost);
  return {
    cost: costs.reduce((sum, cost) => sum + cost, 0),
    call(round) {
      const before = arena.bytes.slice(byteOffset, end);
      counts.forEach((count, phase) => {
        // One call of much work is enough to be noticed.
        if (round === 0 || costs[phase] <= ROUNDS * CALL_COST) run(phase, count);
      });
      arena.bytes.set(before, byteOffset);
    },
  };
}
