/** A table in Markdown; every column but the first is aligned to the right where it holds numbers. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumeric = header.map((_, column) => rows.every((cells) => /^([-\d]|$)/.test(cells[column])));
  const rule = header.map((_, column) => (column > 0 && isNumeric[column] ? '--:' : '---'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
