import * as Plot from '@observablehq/plot';
import type { DistillReport } from '@bnfree/distill';
import { draw } from '../drawing.js';

/** How often each integer of a grid occurs: empty places are levels that are not used. */
export function histogram(
  title: string,
  { min, counts }: DistillReport['layers'][number]['weightHistogram'],
  fill: string,
): string {
  const total = Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
  const bars = counts.map((count, index) => ({ value: min + index, share: (100 * count) / total }));
  return draw({
    width: 300,
    height: 150,
    marginLeft: 45,
    title,
    x: { label: 'integer' },
    y: { label: '%', grid: true, ticks: 4 },
    marks: [
      Plot.rectY(bars, {
        x1: ({ value }: { readonly value: number }) => value - 0.5,
        x2: ({ value }: { readonly value: number }) => value + 0.5,
        y: 'share',
        fill,
      }),
      Plot.ruleY([0]),
    ],
  });
}
