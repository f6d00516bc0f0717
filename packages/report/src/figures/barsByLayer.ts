import * as Plot from '@observablehq/plot';
import type { LayerReport } from '@bnfree/distill';
import { colors, draw } from '../drawing.js';

/** One number a layer, as bars. */
export function barsByLayer(
  layers: readonly LayerReport[],
  label: string,
  valueOf: (layer: LayerReport) => number,
): string {
  const bars = layers.map((layer) => ({ name: layer.name, value: valueOf(layer) }));
  return draw({
    width: 480,
    height: 55 + 18 * bars.length,
    marginLeft: 150,
    x: { label, grid: true, ticks: 5 },
    y: { label: null, domain: bars.map(({ name }) => name) },
    marks: [Plot.barX(bars, { x: 'value', y: 'name', fill: colors.after }), Plot.ruleX([0])],
  });
}
