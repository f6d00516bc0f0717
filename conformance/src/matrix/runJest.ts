import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summarizeJest, type JestCounts, type JestReport } from './summarizeJest.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs test files under a Node of any version; what jest says goes to standard error. */
export async function runJest(
  node: string,
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<JestCounts> {
  const folder = await mkdtemp(join(tmpdir(), 'bnfree-matrix-'));
  const resultsFile = join(folder, 'results.json');
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest', { paths: [root] });
  const args = [jest, '--maxWorkers=2', '--json', `--outputFile=${resultsFile}`, ...files];
  const status = await exitOf(node, args, environment);
  try {
    return summarizeJest(JSON.parse(await readFile(resultsFile, 'utf8')) as JestReport, status);
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [`jest ended with ${status} and gave no results`] };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function exitOf(
  node: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
