import { BnfreeError } from '@bnfree/core';
import type { DistillReport } from '@bnfree/distill';

/**
 * The distiller's report in what a file holds: itself, or the `distillation` of a larger report.
 *
 * @throws BnfreeError REPORT_FORMAT
 */
export function checkReport(value: unknown, path: string): DistillReport {
  const found = isReport(value) ? value : (value as { readonly distillation?: unknown } | null)?.distillation;
  if (isReport(found)) return found;
  throw new BnfreeError([
    {
      code: 'REPORT_FORMAT',
      path,
      message: 'got something else, expected a report of format bnfree-report-1',
      fix: 'write JSON.stringify(report) of what distillLayerwise returned to a file',
    },
  ]);
}

function isReport(value: unknown): value is DistillReport {
  const format =
    typeof value === 'object' && value !== null ? (value as Partial<DistillReport>).format : undefined;
  return format === 'bnfree-report-1';
}
