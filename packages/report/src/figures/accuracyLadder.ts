import * as Plot from '@observablehq/plot';
import { colors, draw } from '../drawing.js';

/** One rung: a net and how many images it puts into their class. */
export interface MeasuredAccuracy {
  readonly name: string;
  /** Percent. */
  readonly top1: number;
}

/** Accuracies under one another, from the teacher down. */
export function accuracyLadder(rungs: readonly MeasuredAccuracy[]): string {
  const lowest = Math.min(...rungs.map(({ top1 }) => top1));
  // Differences of tenths are what is looked for: the axis starts close below, so that dots stand for values, not bars.
  const start = Math.max(0, Math.floor(lowest / 5) * 5 - 5);
  return draw({
    width: 640,
    height: 40 + 32 * rungs.length,
    marginLeft: 190,
    marginRight: 60,
    x: { domain: [start, 100], label: 'top-1, percent', grid: true },
    y: { label: null, domain: rungs.map(({ name }) => name) },
    marks: [
      Plot.ruleY(rungs, { x1: start, x2: 'top1', y: 'name', stroke: colors.before }),
      Plot.dot(rungs, { x: 'top1', y: 'name', fill: colors.after, r: 5 }),
      Plot.text(rungs, {
        x: 'top1',
        y: 'name',
        text: ({ top1 }: MeasuredAccuracy) => top1.toFixed(2),
        dx: 9,
        textAnchor: 'start',
      }),
    ],
  });
}
