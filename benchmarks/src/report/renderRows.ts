import type { BenchmarkRow } from './row.js';

/** Rows as a table for a terminal: milliseconds of ours, and of every peer with its ratio. */
export function renderRows(rows: readonly BenchmarkRow[]): string {
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
