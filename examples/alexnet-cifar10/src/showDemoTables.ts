import { formatDuration } from './formatDuration.js';
import { renderMarkdownTable } from './renderTable.js';
import { describeVerification, reportTables, type ShownReport } from './reportTables.js';

/** The demo's result as Markdown, for the README. */
export function showDemoTables(report: ShownReport): string {
  const tables = reportTables(report).map((table) => renderMarkdownTable(table).join('\n'));
  const duration = `The whole run took ${formatDuration(report.durationMs)}.`;
  return [...tables, `${describeVerification(report)} ${duration}`].join('\n\n');
}
