import type { MatrixRow } from './matrixRow.js';

const columns: readonly (readonly [string, (row: MatrixRow) => string])[] = [
  ['engine', ({ engine }) => engine],
  ['suite', ({ suite }) => suite],
  ['passed', ({ passed }) => `${passed}`],
  ['failed', ({ failed }) => `${failed}`],
  ['skipped', ({ skipped }) => `${skipped}`],
  ['seconds', ({ seconds }) => seconds.toFixed(0)],
];

/** One table, then what failed, then `N passed, N failed`. */
export function renderRows(rows: readonly MatrixRow[]): string {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => align(cell, widths[column], column))
      .join('  ')
      .trimEnd(),
  );
  const notes = rows.flatMap(({ engine, suite, notes: own }) =>
    own.map((note) => `${engine}, ${suite}: ${note}`),
  );
  return `${[...lines, ...notes].join('\n')}\n${renderCounts(rows)}\n`;
}

function renderCounts(rows: readonly MatrixRow[]): string {
  const sum = (of: (row: MatrixRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const skipped = sum((row) => row.skipped);
  return `${sum((row) => row.passed)} passed, ${sum((row) => row.failed)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Words to the left, numbers to the right. */
function align(cell: string, width: number, column: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}
