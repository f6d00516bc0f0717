import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeasureMessage } from './measure/measureProcess.js';
import { runMeasureProcess } from './measure/runMeasureProcess.js';
import { renderRows } from './report/renderRows.js';
import type { BenchmarkRow } from './report/row.js';
import { readSettings, usage, type Settings } from './settings.js';

async function measureAll({ items, engines, threads, budget }: Settings): Promise<BenchmarkRow[]> {
  const digestFolder = mkdtempSync(join(tmpdir(), 'bnfree-bench-'));
  const rows: BenchmarkRow[] = [];
  try {
    for (const engine of engines) {
      for (const count of threads) {
        const order = { ids: items.map(({ id }) => id), threads: count, budget, digestFolder };
        rows.push(
          ...(await runMeasureProcess(engine.path, order, progress(`${engine.name}, threads ${count}`))),
        );
      }
    }
  } finally {
    rmSync(digestFolder, { recursive: true });
  }
  return rows;
}

/** Tells on standard error what is going on. */
function progress(engine: string): (message: MeasureMessage) => void {
  return (message) => {
    if (message.type === 'start') process.stderr.write(`${engine}: ${message.id} ... `);
    if (message.type === 'note') process.stderr.write(`\n  ${message.text}\n`);
    if (message.type === 'row') process.stderr.write(`${message.row.ours.ms} ms\n`);
  };
}

const settings = readSettings(process.argv.slice(2));
if (settings.isHelp) process.stdout.write(usage);
else if (settings.isList) process.stdout.write(settings.items.map(({ id }) => `${id}\n`).join(''));
else {
  for (const note of settings.notes) process.stderr.write(`${note}\n`);
  const rows = await measureAll(settings);
  process.stdout.write(renderRows(rows));
  if (settings.jsonFile !== undefined) {
    const machine = { cpu: cpus()[0].model.trim(), cores: cpus().length };
    writeFileSync(settings.jsonFile, `${JSON.stringify({ machine, rows }, undefined, 2)}\n`);
  }
}
