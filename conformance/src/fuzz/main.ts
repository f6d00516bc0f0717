import { fuzzGraphs, type FuzzReport } from './fuzzGraphs.js';
import { saveCase } from './saveCase.js';
import { readSettings, usage, type Settings } from './settings.js';
import { openWays } from './waysToRun.js';

async function main(settings: Settings): Promise<void> {
  if (settings.isHelp) {
    process.stdout.write(usage);
    return;
  }
  const report = await fuzzGraphs(settings, openWays, (text) => process.stderr.write(`fuzz: ${text}\n`));
  const first = report.failures.at(0);
  if (settings.saveFile !== undefined && first !== undefined)
    await saveCase(first.smallest, settings.saveFile);
  process.stdout.write(settings.isJson ? toJson(report) : toText(report));
  if (report.failures.length > 0) process.exitCode = 1;
}

function toText({ firstSeed, graphs, nodes, comparisons, failures }: FuzzReport): string {
  const told = failures.map(
    ({ seed, ways, difference, reduced, command }) =>
      `seed ${seed}, ${ways.join('; ')}\n  ${difference}\n  reduced to ${reduced.nodes} nodes: ${reduced.difference}\n` +
      `${reduced.description.replace(/^/gm, '    ')}\n  again: ${command}\n\n`,
  );
  const range = `seeds ${firstSeed} .. ${firstSeed + graphs - 1}`;
  return `${told.join('')}${range}: ${graphs} graphs of ${nodes} nodes, ${comparisons} comparisons, ${failures.length} failures\n`;
}

function toJson(report: FuzzReport): string {
  const failures = report.failures.map(({ smallest: _smallest, ...failure }) => failure);
  return `${JSON.stringify({ ...report, failures, node: process.versions.node }, undefined, 2)}\n`;
}

try {
  await main(readSettings(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`fuzz: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
