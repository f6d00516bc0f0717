import * as Plot from '@observablehq/plot';
import type { DistillReport } from '@bnfree/distill';
import { colors, draw } from '../drawing.js';

/** The loss of one pass over its steps, on a logarithmic axis where all are positive. */
export function lossCurve({ layer, pass, points }: DistillReport['losses'][number]): string {
  const isPositive = points.every(([, loss]) => loss > 0);
  return draw({
    width: 300,
    height: 170,
    marginLeft: 55,
    title: `${layer}: ${pass}`,
    x: { label: 'step' },
    y: { label: 'loss', type: isPositive ? 'log' : 'linear', grid: true, ticks: 4 },
    marks: [Plot.lineY(points, { x: '0', y: '1', stroke: colors.after })],
  });
}
