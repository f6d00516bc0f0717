import * as Plot from '@observablehq/plot';
import type { DistillReport } from '@bnfree/distill';
import { colors, draw } from '../drawing.js';

interface Point {
  readonly name: string;
  readonly sqnrDb: number;
  readonly baselineSqnrDb: number | null;
}

/** How close each layer's integers are to the teacher: without fitting, and with it. */
export function sqnrByLayer({ layers, merges }: DistillReport): string {
  const points: readonly Point[] = [...layers, ...merges];
  const compared = points.filter(({ baselineSqnrDb }) => baselineSqnrDb !== null);
  return draw({
    width: 640,
    height: 60 + 20 * points.length,
    marginLeft: 190,
    x: { label: 'signal to quantisation noise, dB', grid: true },
    y: { label: null, domain: points.map(({ name }) => name) },
    color: { domain: ['without fitting', 'fitted'], range: [colors.before, colors.after], legend: false },
    marks: [
      Plot.link(compared, { x1: 'baselineSqnrDb', x2: 'sqnrDb', y: 'name', stroke: '#888' }),
      Plot.dot(compared, { x: 'baselineSqnrDb', y: 'name', fill: colors.before, r: 4 }),
      Plot.dot(points, { x: 'sqnrDb', y: 'name', fill: colors.after, r: 4 }),
    ],
  });
}
