import { expect } from '@jest/globals';
import { sha256Hex } from '@bnfree/core';
import {
  memoryCheckpoints,
  type CheckpointStore,
  type DistillEvent,
  type DistillOptions,
} from '../src/index.js';

/** A run with some more options. */
type Run = (extra: DistillOptions) => Promise<{ readonly artifact: Uint8Array }>;

/** Runs until an event comes, and gives what the run that was stopped there leaves. */
export async function stoppedRun(
  run: Run,
  isThere: (event: DistillEvent) => boolean,
): Promise<CheckpointStore> {
  const checkpoint = memoryCheckpoints();
  const controller = new AbortController();
  const onEvent = (event: DistillEvent): void => {
    if (isThere(event)) controller.abort();
  };
  await expect(run({ checkpoint, signal: controller.signal, onEvent })).rejects.toThrow();
  return checkpoint;
}

/** Stops a run at an event and resumes it: the bytes are those of an undisturbed one. */
export async function expectToResume(
  run: Run,
  isThere: (event: DistillEvent) => boolean,
  undisturbed: ReturnType<Run> = run({}),
): Promise<void> {
  const wanted = sha256Hex((await undisturbed).artifact);
  const checkpoint = await stoppedRun(run, isThere);
  expect(sha256Hex((await run({ checkpoint })).artifact)).toBe(wanted);
}

/** The event of a step of a pass in a layer. */
export function isStep(pass: string, layer: string, step: number): (event: DistillEvent) => boolean {
  return (event) =>
    event.type === 'step' && event.pass === pass && event.layer === layer && event.step === step;
}

/** The end of a layer or merge. */
export function isEnd(layer: string): (event: DistillEvent) => boolean {
  return (event) => event.type === 'layer-end' && event.layer === layer;
}
