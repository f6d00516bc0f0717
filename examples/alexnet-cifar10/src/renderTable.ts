import type { Table } from './reportTables.js';

/** A table as lines for a terminal; columns of numbers are aligned to the right. */
export function renderTextTable({ head, rows }: Table): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumeric(rows, column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)];
}

/** A table as lines of Markdown. */
export function renderMarkdownTable({ head, rows }: Table): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, column) => (isNumeric(rows, column) ? '--:' : '---'))),
    ...rows.map(line),
  ];
}

function isNumeric(rows: Table['rows'], column: number): boolean {
  return rows.every((row) => /^(-?[\d.,]+( %)?)?$/.test(row[column]));
}
