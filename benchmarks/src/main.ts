import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { renderRows } from './report/renderRows.js';
import { runBenchmark } from './runBenchmark.js';
import { readSettings, usage, type Settings } from './settings.js';

async function main(settings: Settings): Promise<void> {
  if (settings.action === 'help') {
    process.stdout.write(usage);
    return;
  }
  if (settings.action === 'list') {
    process.stdout.write(settings.items.map(({ id }) => `${id}\n`).join(''));
    return;
  }
  const rows = await runBenchmark(settings, (text) => process.stderr.write(text));
  process.stdout.write(renderRows(rows, settings.figure));
  if (settings.jsonFile === undefined) return;
  const machine = { cpu: cpus()[0].model.trim(), cores: cpus().length, clock: settings.clock };
  writeFileSync(settings.jsonFile, `${JSON.stringify({ machine, rows }, undefined, 2)}\n`);
}

try {
  await main(readSettings(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
