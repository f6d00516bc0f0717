import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Colors that stay apart in grey and for most color-blind eyes. */
export const colors = { before: '#b8b8b8', after: '#0b6e99', other: '#c8553d' } as const;

/** Draws a plot as SVG text; Plot makes elements, for which linkedom stands in where there is no browser. */
export function draw(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({ ...options, document: document });
  return figure.outerHTML;
}
