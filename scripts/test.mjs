// Runs jest over the workspace and prints `N passed, N failed` as the last line. Arguments go on to jest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'bnfree-jest-'));
const resultsFile = join(folder, 'results.json');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const passedOn = process.argv.slice(2).filter((argument, index) => index > 0 || argument !== '--');
const { status } = spawnSync(
  process.execPath,
  [jest, '--maxWorkers=2', '--json', `--outputFile=${resultsFile}`, ...passedOn],
  // With --json jest reports to standard error; its own standard output is the JSON, which the file replaces.
  { stdio: ['inherit', 'ignore', process.stdout.fd] },
);
const { passed, failed, skipped } = summarize(resultsFile, status);
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

/** A suite that could not run counts as one failure, and so does a run of jest that failed without saying why. */
function summarize(file, exitStatus) {
  let results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const counted = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: counted === 0 && exitStatus !== 0 ? 1 : counted,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}
