import type { NetworkRow } from './distilNetwork.js';

const columns: readonly (readonly [string, (row: NetworkRow) => string])[] = [
  ['network', ({ network }) => network],
  ['layers', ({ layers }) => String(layers)],
  ['merges', ({ merges }) => String(merges)],
  ['MMAC', ({ macs }) => (macs / 1e6).toFixed(0)],
  ['bytes', ({ artifactBytes }) => String(artifactBytes)],
  ['crops', ({ images }) => String(images)],
  ['same class first', ({ agreement }) => `${agreement.toFixed(1)} %`],
  ['SQNR of the logits', ({ logitsSqnrDb }) => `${logitsSqnrDb.toFixed(1)} dB`],
  ['worst unit', ({ worstSqnrDb }) => `${worstSqnrDb.name} ${worstSqnrDb.value.toFixed(1)} dB`],
  ['seconds', ({ seconds }) => seconds.toFixed(0)],
];

/** The rows as a Markdown table. */
export function renderRows(rows: readonly NetworkRow[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join('');
}
