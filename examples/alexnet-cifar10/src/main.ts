import { BnfreeError, formatIssues } from '@bnfree/core';
import { defineCommand, runMain } from 'citty';
import { abortOnInterrupt, interruptedExitCode } from './abortOnInterrupt.js';
import type { DemoEventListener } from './demoEvent.js';
import type { DemoReport } from './demoReport.js';
import type { DemoSettings } from './demoSettings.js';
import { flagDefinitions } from './flagDefinitions.js';
import { progressDisplay } from './progressDisplay.js';
import { readFlags } from './readFlags.js';
import { renderTextTable } from './renderTable.js';
import { describeVerification, reportTables } from './reportTables.js';
import { runDemo } from './runDemo.js';
import { writeFlags } from './writeFlags.js';

const command = defineCommand({
  meta: {
    name: 'demo',
    description: 'Distils an AlexNet with batch normalization into an integer-only model for CIFAR-10',
  },
  args: flagDefinitions,
  run: async ({ rawArgs }) => {
    const isJson = rawArgs.includes('--json');
    try {
      await runToEnd(readFlags(rawArgs));
    } catch (error) {
      fail(error, isJson);
    }
  },
});

async function runToEnd(settings: DemoSettings): Promise<void> {
  const stream = settings.isJson ? process.stderr : process.stdout;
  const display = progressDisplay(stream, {
    now: () => performance.now(),
    isColored: process.env['NO_COLOR'] === undefined,
  });
  const emit: DemoEventListener = (event) => {
    display.show(event);
  };
  const interrupt = abortOnInterrupt(() => {
    process.stderr.write('Stopping; Ctrl-C again stops at once.\n');
  });
  try {
    const report = await runDemo(settings, { signal: interrupt.signal, emit });
    display.finish();
    printReport(report, settings);
    if (!report.verify.passed) process.exitCode = 1;
  } catch (error) {
    display.finish();
    if (!interrupt.signal.aborted) throw error;
    const again = writeFlags({ ...settings, isResuming: true });
    process.stderr.write(`Stopped; what is done is kept. To go on:\n  ${again}\n`);
    process.exitCode = interruptedExitCode;
  } finally {
    interrupt.release();
  }
}

function printReport(report: DemoReport, { isJson, out }: DemoSettings): void {
  if (isJson) {
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    return;
  }
  const tables = reportTables(report).map((table) => `${renderTextTable(table).join('\n')}\n`);
  const files = `${report.artifact.path} (SHA-256 ${report.artifact.sha256}), report.json and report.html are in ${out}.`;
  process.stdout.write(`\n${tables.join('\n')}\n${describeVerification(report)}\n${files}\n`);
}

function fail(error: unknown, isJson: boolean): void {
  process.exitCode = 1;
  if (!(error instanceof BnfreeError)) throw error;
  const { code, issues } = error;
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, issues } }, undefined, 2)}\n`);
  else process.stderr.write(`${formatIssues(issues)}\n`);
}

await runMain(command);
