import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CheckResult } from './checkResult.js';
import { rowOfChecks, type MatrixRow } from './matrixRow.js';
import { nodeSuites } from './nodeSuites.js';
import { runJest } from './runJest.js';
import type { Settings } from './settings.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs suites and models on one Node; `report` gets each row as it is done. */
export async function runOnNode(
  major: number,
  node: string,
  modelFolder: string,
  settings: Settings,
  report: (row: MatrixRow) => void,
): Promise<void> {
  const environment = { CONFORMANCE_SEED: `${settings.seed}`, CONFORMANCE_SCALE: `${settings.scale}` };
  const engine = `Node ${major}`;
  for (const { name, files, quickOn } of nodeSuites) {
    if (settings.isQuick && !quickOn.includes(major)) continue;
    const start = performance.now();
    const { passed, failed, skipped, failures } = await runJest(node, files, environment);
    const seconds = (performance.now() - start) / 1000;
    report({ engine, suite: name, passed, failed, skipped, seconds, notes: failures });
  }
  const start = performance.now();
  const results = await runModels(node, modelFolder);
  report(rowOfChecks(engine, 'models', results, (performance.now() - start) / 1000));
}

/** Runs all models in a process of that Node. */
async function runModels(node: string, modelFolder: string): Promise<CheckResult[]> {
  const program = fileURLToPath(new URL('../models/main.ts', import.meta.url));
  const args = ['--import', 'tsx', '--conditions=@bnfree/source', program, modelFolder];
  try {
    const { stdout } = await promisify(execFile)(node, args, { cwd: root, maxBuffer: 2 ** 26 });
    return JSON.parse(stdout) as CheckResult[];
  } catch (error) {
    return [{ label: 'models', failure: String(error) }];
  }
}
