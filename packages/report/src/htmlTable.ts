import { escapeHtml } from './escapeHtml.js';

/** A column: its title, and what it shows of a row. Numbers stand to the right. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | null;
}

/** A table with a line for each row; null is an empty cell. */
export function htmlTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const head = columns.map(({ title }) => `<th>${escapeHtml(title)}</th>`).join('');
  const line = (row: Row): string => {
    const cells = columns.map(({ cell }) => {
      const value = cell(row);
      const kind = typeof value === 'number' ? ' class="number"' : '';
      return `<td${kind}>${value === null ? '' : escapeHtml(showCell(value))}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  };
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.map(line).join('')}</tbody></table>`;
}

/** Whole numbers in groups of three, others with four digits. */
function showCell(value: string | number): string {
  if (typeof value === 'string') return value;
  if (!Number.isInteger(value)) return value.toPrecision(4);
  return value.toString().replace(/\B(?=(\d{3})+$)/g, '\u202f');
}
