import {
  photographWayNames,
  photographWays,
  type PhotographWay,
  type PhotographWayName,
} from './photographWays.js';

/** How many photographs the slow ways run. */
export interface DigestEffort {
  /** Of the reference. */
  readonly reference: number;
  /** Of the fast TypeScript backend, on all engines but the first. */
  readonly fastTypescript: number;
  /** Of all others, and of the fast TypeScript backend on the first engine. */
  readonly all: number;
}

/** A way, and the numbers of first photographs whose logits are digested. */
export interface PlannedWay {
  readonly way: PhotographWayName;
  readonly counts: readonly number[];
}

/** What one engine does with each model. */
export function digestPlan(
  { reference, fastTypescript, all }: DigestEffort,
  isFirstEngine: boolean,
): PlannedWay[] {
  const upTo = (limit: number): number[] => [
    ...new Set([reference, fastTypescript, all].filter((count) => count <= limit)),
  ];
  return photographWayNames.map((way) => {
    const { isSlow }: PhotographWay = photographWays[way];
    if (isSlow !== true) return { way, counts: upTo(all) };
    if (way === 'typescript') return { way, counts: upTo(reference) };
    return { way, counts: upTo(isFirstEngine ? all : fastTypescript) };
  });
}
