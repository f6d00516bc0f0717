import type { ModelDescription } from '@bnfree/core';
import type { WayResult } from './digestFolder.js';
import type { ExpectedDigests } from './digestInChromium.js';

/** Whether a model gave the reference's logits in one way on one engine. */
export interface WayOutcome {
  readonly engine: string;
  readonly model: string;
  readonly way: string;
  /** How many were run. */
  readonly photographs: number;
  /** What is wrong; absent where every byte is the reference's. */
  readonly failure?: string;
  readonly memory?: ModelDescription['memory'];
}

/** Compares what a Node gave with what must come. */
export function outcomeOf(
  engine: string,
  { model, way, digest, failure }: WayResult,
  expected: ExpectedDigests,
): WayOutcome {
  if (digest === undefined) return { engine, model, way, photographs: 0, failure: failure ?? 'no answer' };
  const { sha256, memory } = digest;
  const wanted = expected.get(model) ?? {};
  const wrong = Object.entries(sha256).find(([count, sha]) => sha !== wanted[Number(count)]);
  const photographs = Math.max(...Object.keys(sha256).map(Number));
  return {
    ...{ engine, model, way, photographs, memory },
    ...(wrong === undefined
      ? {}
      : { failure: `got ${wrong[1]} of ${wrong[0]} photographs, expected ${wanted[Number(wrong[0])]}` }),
  };
}
