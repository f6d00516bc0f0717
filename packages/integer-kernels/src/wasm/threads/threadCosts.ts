import type { KernelPhase, KernelPlan } from '../wasmKernel.js';
import type { BoundPhase } from './boundPhase.js';

/** How much work, in multiply-accumulates or values visited, is worth calling other threads. */
export interface ThreadCosts {
  /** A smaller phase is over before the others have begun: the leader does it alone. */
  readonly phase: number;
  /** What the shared phases of one call must add up to: the others may have to wake up first. */
  readonly call: number;
  /** What is done at a time: larger phases are cut into pieces, between which the leader's thread can do something else. */
  readonly piece: number;
}

/** For threads that are called in about a microsecond while they spin, and in 20 to 50 when they sleep. */
export const threadCosts: ThreadCosts = { phase: 100_000, call: 2_000_000, piece: Infinity };

/** The same for the thread of a page, which must not be kept for long: a piece takes some milliseconds. */
export const pageCosts: ThreadCosts = { ...threadCosts, piece: 200_000_000 };

/** Whether a phase is divided between threads. */
export function isWorthSharing(
  { units, unitStep = 1, unitCost }: KernelPhase,
  threads: number,
  costs: ThreadCosts,
): boolean {
  return threads > 1 && units > unitStep && units * unitCost >= costs.phase;
}

/** Whether plans that run one after the other are work for several threads. */
export function arePlansWorthThreads(
  plans: readonly KernelPlan[],
  threads: number,
  costs: ThreadCosts,
): boolean {
  const shared = plans.flatMap(({ phases }) =>
    phases.filter((phase) => isWorthSharing(phase, threads, costs)),
  );
  const cost = shared.reduce((all, { units, unitCost }) => all + units * unitCost, 0);
  return shared.length > 0 && cost >= costs.call;
}

/** Whether phases that run one after the other are work for several threads. */
export function isWorthCalling(phases: readonly BoundPhase[], costs: ThreadCosts): boolean {
  const shared = phases.filter(({ id }) => id !== undefined);
  return shared.length > 0 && shared.reduce((all, { cost }) => all + cost, 0) >= costs.call;
}
