import { writeWholeFile } from '@bnfree/core';
import { renderRows } from './renderRows.js';
import { runMatrix } from './runMatrix.js';
import { readSettings, usage, type Settings } from './settings.js';

async function main(settings: Settings): Promise<void> {
  if (settings.isHelp) {
    process.stdout.write(usage);
    return;
  }
  const rows = await runMatrix(settings, (text) => process.stderr.write(`matrix: ${text}\n`));
  if (settings.jsonFile !== undefined) {
    await writeWholeFile(settings.jsonFile, `${JSON.stringify({ rows }, undefined, 2)}\n`);
  }
  process.stdout.write(renderRows(rows));
  if (rows.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

try {
  await main(readSettings(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`matrix: ${error instanceof Error ? error.message : String(error)}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
}
