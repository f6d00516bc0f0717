import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, findNode } from '@bnfree/engines';
import { planPages } from '../browser/planPages.js';
import { runPages } from '../browser/runPages.js';
import { writeModels, type StoredModel } from '../models/modelFolder.js';
import { missingRow, rowOfChecks, type MatrixRow } from './matrixRow.js';
import { runOnNode } from './runOnNode.js';
import type { Settings } from './settings.js';

const nodeMajors = [20, 22, 24];

/** Runs all engines, one after another. */
export async function runMatrix(settings: Settings, note: (text: string) => void): Promise<MatrixRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bnfree-models-'));
  const rows: MatrixRow[] = [];
  const report = (row: MatrixRow): void => {
    rows.push(row);
    note(
      `${row.engine}, ${row.suite}: ${row.passed} passed, ${row.failed} failed in ${row.seconds.toFixed(0)} s`,
    );
  };
  const isWanted = (engine: string): boolean => settings.only === undefined || engine.includes(settings.only);
  try {
    const models = await writeModels(folder, settings.isQuick ? 6 : 40);
    for (const major of nodeMajors) {
      const engine = `Node ${major}`;
      if (!isWanted(engine)) continue;
      const node = findNode(major);
      if (node === undefined) report(missingRow(engine, 'all', `node-${major}`, mustHaveNode()));
      else await runOnNode(major, node, folder, settings, report);
    }
    if (isWanted('Chromium')) await runInChromium(folder, models, settings, report, note);
  } finally {
    await rm(folder, { recursive: true });
  }
  return rows;
}

async function runInChromium(
  folder: string,
  models: readonly StoredModel[],
  { isQuick, seed, scale }: Settings,
  report: (row: MatrixRow) => void,
  note: (text: string) => void,
): Promise<void> {
  const executable = findChromium();
  if (executable === undefined) {
    report(missingRow('Chromium', 'all', 'chromium', process.env['CI'] === 'true'));
    return;
  }
  const runs = isQuick ? 6 : 20 * scale;
  const plans = planPages(models, { seed, runs, hasExtremes: !isQuick });
  const { version, outcomes } = await runPages(executable, folder, plans, note);
  const engine = `Chromium ${version.split('.')[0]}`;
  for (const { kind, results, seconds } of outcomes) {
    report(rowOfChecks(engine, `${kind} page`, results, seconds));
  }
}

/** The packages hold programs for this machine alone; only there can they be expected. */
function mustHaveNode(): boolean {
  return process.env['CI'] === 'true' && process.platform === 'linux' && process.arch === 'x64';
}
