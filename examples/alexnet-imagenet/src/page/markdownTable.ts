/** A table in Markdown; columns of numbers are aligned to the right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = header.map((_, column) =>
    column > 0 && rows.every((cells) => /^[-\d]/.test(cells[column])) ? '--:' : '---',
  );
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
