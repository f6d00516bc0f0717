import { cpus } from 'node:os';
import { writeBenchmarkFile } from './report/benchmarkFile.js';
import { downloadSizes, ourKernels } from './report/downloadSizes.js';
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
  const sizes = await downloadSizes();
  const kernels = sizes.find(({ name }) => name === ourKernels);
  process.stdout.write(renderRows(rows, settings.figure));
  process.stdout.write(`\nKernels and emitter: ${kernels?.gzipBytes ?? 0} bytes minified and gzipped.\n`);
  if (settings.jsonFile === undefined) return;
  const machine = { cpu: cpus()[0].model.trim(), cores: cpus().length };
  await writeBenchmarkFile(settings.jsonFile, { machine, sizes, rows }, settings.isMerged);
}

try {
  await main(readSettings(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
