import type { BenchmarkRow } from './row.js';

/** Rows as a table for a terminal: milliseconds of ours, and of every peer with its ratio; medians or the fastest rounds. */
export function renderRows(given: readonly BenchmarkRow[], figure: 'median' | 'best' = 'median'): string {
  const rows = figure === 'median' ? given : given.map(withBests);
  const peers = [...new Set(rows.flatMap(({ ratios }) => Object.keys(ratios)))];
  const header = ['work', 'engine', 'ms', '+-', 'GMAC/s', ...peers, 'kernel'];
  const lines = rows.map((row) => [
    row.id,
    engineName(row),
    duration(row.ours.ms),
    `${(row.ours.spread * 100).toFixed(0)}%`,
    row.macs === 0 ? '' : (row.macs / row.ours.ms / 1e6).toFixed(1),
    ...peers.map((name) =>
      name in row.ratios ? `${duration(row.peers[name])} (${row.ratios[name].toFixed(2)}x)` : '',
    ),
    row.ours.kernel.slice(0, 60),
  ]);
  const widths = header.map((_, column) =>
    Math.max(...[header, ...lines].map((cells) => cells[column].length)),
  );
  return [header, ...lines]
    .map((cells) =>
      cells
        .map((cell, column) => pad(cell, widths[column], column))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** The row with the fastest rounds in the place of medians. */
function withBests(row: BenchmarkRow): BenchmarkRow {
  const { ours, peerBests } = row;
  const ratios = Object.fromEntries(Object.entries(peerBests).map(([name, ms]) => [name, ms / ours.best]));
  return { ...row, ours: { ...ours, ms: ours.best }, peers: peerBests, ratios };
}

/** Short name of the engine of a row. */
export function engineName({ node, browser, simd, threads }: BenchmarkRow): string {
  const engine = node === null ? (browser ?? '') : `Node ${node.replace(/^v(\d+).*/, '$1')}`;
  return `${engine} ${simd}${threads === 1 ? '' : ` ${threads}T`}`;
}

function duration(ms: number): string {
  return ms.toPrecision(3).includes('e') ? ms.toFixed(0) : ms.toPrecision(3);
}

function pad(cell: string, width: number, column: number): string {
  return column >= 2 && !/[a-z]{4}/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
