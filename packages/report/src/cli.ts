#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { BnfreeError, formatIssues, writeWholeFile } from '@bnfree/core';
import { Command } from 'commander';
import { checkReport } from './checkReport.js';
import { renderReport } from './renderReport.js';

const program = new Command('bnfree-report')
  .description('Writes one self-contained HTML page from the report of a distillation.')
  .argument('<report>', 'report.json')
  .option('--out <file>', 'the page; beside the report by default')
  .option('--json', 'prints where the page is as JSON')
  .allowExcessArguments(false)
  .action(async (path: string, flags: { readonly out?: string; readonly json?: boolean }) => {
    const report = checkReport(parse(await readFile(path, 'utf8'), path), path);
    const out = flags.out ?? path.replace(/(\.json)?$/, '.html');
    const page = renderReport(report);
    await writeWholeFile(out, page);
    const bytes = Buffer.byteLength(page);
    process.stdout.write(
      flags.json === true ? `${JSON.stringify({ page: out, bytes })}\n` : `${out}: ${bytes} bytes\n`,
    );
  });

/** Text that is no JSON is told like JSON of another kind. */
function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return checkReport(null, path);
  }
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(
    `${error instanceof BnfreeError ? formatIssues(error.issues) : (error as Error).message}\n`,
  );
  process.exitCode = 1;
}
