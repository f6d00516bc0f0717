import { quantile } from 'd3-array';
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
  const at = (share: number): number => quantile(samples, share) ?? NaN;
  const ms = at(0.5);
  return {
    ms: round(ms),
    best: round(at(0)),
    spread: round((at(0.75) - at(0.25)) / 2 / ms),
  };
}

/** Four significant digits: more would be noise. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
