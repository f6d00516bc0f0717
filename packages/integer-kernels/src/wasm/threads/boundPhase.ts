import type { KernelCall } from '../../backend.js';
import type { Crew } from './crew.js';
import { isWorthCalling } from './threadCosts.js';

/** One phase of a prepared op, bound to its memory. */
export interface BoundPhase {
  /** Does all units on the caller's thread. */
  readonly run: () => void;
  /** Multiply-accumulates, or values visited. */
  readonly cost: number;
  /** Under which a crew divides it; absent where none does. */
  readonly id?: number;
}

/** A call that runs phases in order: on the caller's thread, or with a crew where that pays. */
export function callOf(kernel: string, phases: readonly BoundPhase[], crew: Crew | undefined): KernelCall {
  if (crew === undefined || !isWorthCalling(phases, crew.costs)) return callAlone(kernel, phases);
  const steps = phases.map(({ id, run }) => id ?? run);
  if (!crew.mayBlock) return { kernel, run: () => crew.run(steps) };
  const runSync = (): void => {
    crew.runSync(steps);
  };
  const run = (): Promise<void> =>
    new Promise((resolve) => {
      runSync();
      resolve();
    });
  return { kernel, runSync, run };
}

function callAlone(kernel: string, phases: readonly BoundPhase[]): KernelCall {
  const runs = phases.map(({ run }) => run);
  const [first] = runs;
  const runSync =
    runs.length === 1
      ? first
      : () => {
          for (const run of runs) run();
        };
  // One promise serves all calls.
  const finished = Promise.resolve();
  return { kernel, runSync, run: () => (runSync(), finished) };
}
