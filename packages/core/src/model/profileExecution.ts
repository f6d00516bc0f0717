import { readChunk, writeChunk, type Execution } from './execution.js';
import { allocateResults, chunksOf } from './runChunks.js';
import type { ImageBatch } from './modelInput.js';

/** Where the time of a run goes. */
export interface ModelProfile {
  /** Images n. */
  readonly count: number;
  /** In order; relayouts included. */
  readonly layers: readonly {
    readonly name: string;
    readonly kernel: string;
    readonly durationMs: number;
  }[];
  /** The whole run, with copying in and out. */
  readonly totalMs: number;
}

/** Runs chunks once and times every step. */
export async function profileExecution(execution: Execution, batch: ImageBatch): Promise<ModelProfile> {
  const durations = execution.steps.map(() => 0);
  const results = allocateResults(execution, batch.count);
  const start = performance.now();
  for (const { first, count } of chunksOf(execution, batch.count)) {
    writeChunk(execution, batch.tensors, first, count);
    for (const [index, step] of execution.steps.entries()) {
      const before = performance.now();
      await step.call?.run();
      durations[index] += performance.now() - before;
    }
    readChunk(execution, results, first, count);
  }
  return {
    count: batch.count,
    layers: execution.steps.map(({ name, call }, index) => ({
      name,
      kernel: call?.kernel ?? 'alias',
      durationMs: durations[index],
    })),
    totalMs: performance.now() - start,
  };
}
