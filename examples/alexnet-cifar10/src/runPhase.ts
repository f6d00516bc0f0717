import type { DemoEventListener, Phase } from './demoEvent.js';

/** What a phase hands back: its result, and what the display says of it. */
export interface PhaseOutcome<Result> {
  readonly result: Result;
  readonly summary: string;
}

/** Reports how many images of how many are done. */
export type ImageCounter = (done: number, count: number) => void;

/** Runs one part of the demo between its events. */
export async function runPhase<Result>(
  phase: Phase,
  emit: DemoEventListener,
  work: (onProgress: ImageCounter) => Promise<PhaseOutcome<Result>>,
): Promise<Result> {
  const startMs = performance.now();
  emit({ type: 'phase-start', phase });
  const { result, summary } = await work((done, count) => {
    emit({ type: 'phase-progress', phase, done, count });
  });
  emit({ type: 'phase-end', phase, summary, durationMs: performance.now() - startMs });
  return result;
}
