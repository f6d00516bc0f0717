import type { KernelCall } from '../../backend.js';
import type { Crew } from './crew.js';
import type { CrewPart } from './crewMember.js';
import { isWorthCalling } from './threadCosts.js';

/** One phase of a prepared op, bound to its memory. */
export interface BoundPhase {
  /** Does all units on the caller's thread. */
  readonly run: () => void;
  /** Multiply-accumulates, or values visited. */
  readonly cost: number;
  /** Under which the threads of a crew know it; absent where none does. */
  readonly id?: number;
  /** Whether the crew divides it. */
  readonly isShared: boolean;
}

/** A call that runs phases in order: on the caller's thread, or with a crew where that pays. */
export function callOf(kernel: string, phases: readonly BoundPhase[], crew: Crew | undefined): KernelCall {
  if (crew === undefined || !isWorthCalling(phases, crew.costs)) return callAlone(kernel, phases);
  if (crew.isLed) {
    const parts = phases.map(({ id, run }) => (id === undefined ? alone(run) : crew.partOf(id)));
    const runSync = (): void => {
      crew.runParts(parts);
    };
    const run = (): Promise<void> =>
      new Promise((resolve) => {
        runSync();
        resolve();
      });
    return { kernel, runSync, run };
  }
  const ids = phases.map(({ id }) => id);
  // The workers know nothing of ops that were prepared before they were there.
  const isKnown = ids.every((id) => id !== undefined);
  return isKnown ? { kernel, run: () => crew.runPhases(ids) } : callAlone(kernel, phases);
}

function alone(run: () => void): CrewPart {
  return { id: -1, isShared: false, run };
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
