import type { Samples } from './sampleInterleaved.js';

export interface Summary {
  /** Median. */
  readonly ms: number;
  /** The fastest: on a busy machine it says more than the median. */
  readonly best: number;
  /** Half the distance of the quartiles, relative to the median. */
  readonly spread: number;
}

/** Median and spread of some durations. */
export function summarize(samples: Samples): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const ms = quantile(sorted, 0.5);
  return {
    ms: round(ms),
    best: round(sorted[0]),
    spread: round((quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 / ms),
  };
}

function quantile(sorted: Samples, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  return below + (sorted[Math.ceil(position)] - below) * (position - Math.floor(position));
}

/** Four significant digits: more would be noise. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
