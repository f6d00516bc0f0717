import { describe, expect, test } from '@jest/globals';
import { missingRow, rowOfChecks } from '../src/matrix/matrixRow.js';
import { renderRows } from '../src/matrix/renderRows.js';
import { readSettings } from '../src/matrix/settings.js';
import { summarizeJest, type JestReport } from '../src/matrix/summarizeJest.js';

const report: JestReport = {
  numPassedTests: 3,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults: [{ message: '', assertionResults: [{ status: 'passed', fullName: 'adds' }] }],
};

describe('summarizeJest', () => {
  test('counts what jest counted', () => {
    expect(summarizeJest(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 1, failures: [] });
  });

  test('names tests that failed', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'adds' },
      { status: 'failed', fullName: 'multiplies' },
    ];
    const failing = { ...report, numFailedTests: 1, testResults: [{ message: 'long', assertionResults }] };
    expect(summarizeJest(failing, 1)).toMatchObject({ failed: 1, failures: ['multiplies'] });
  });

  test('a file that could not be run is one failure', () => {
    const testResults = [{ message: 'Cannot find module', assertionResults: [] }];
    const broken = { ...report, numRuntimeErrorTestSuites: 1, testResults };
    expect(summarizeJest(broken, 1)).toMatchObject({ failed: 1, failures: ['Cannot find module'] });
  });

  test('a run that failed without a word is one failure', () => {
    expect(summarizeJest(report, 134)).toMatchObject({ failed: 1, failures: ['jest ended with 134'] });
    expect(summarizeJest(report, null)).toMatchObject({ failed: 1 });
  });
});

describe('the table', () => {
  test('ends with the counts, behind what failed', () => {
    const checks = [{ label: 'a' }, { label: 'b', failure: 'got 1, expected 2' }];
    const rows = [
      rowOfChecks('Node 24', 'models', checks, 12.4),
      missingRow('Chromium', 'all', 'chromium', false),
    ];
    expect(renderRows(rows)).toBe(
      [
        'engine    suite   passed  failed  skipped  seconds',
        'Node 24   models       1       1        0       12',
        'Chromium  all          0       0        1        0',
        'Node 24, models: b: got 1, expected 2',
        'Chromium, all: chromium is missing',
        '1 passed, 1 failed, 1 skipped',
        '',
      ].join('\n'),
    );
  });

  test('an engine that must be there and is missing has failed', () => {
    expect(missingRow('Node 24', 'all', 'node-24', true)).toMatchObject({ failed: 1, skipped: 0 });
  });
});

describe('the command line', () => {
  test('has defaults', () => {
    expect(readSettings([])).toMatchObject({ isQuick: false, seed: 1, scale: 4, only: undefined });
    expect(readSettings(['--', '--quick'])).toMatchObject({ isQuick: true, scale: 1 });
  });

  test('refuses what it does not know or cannot use', () => {
    expect(() => readSettings(['--quik'])).toThrow(/quik/);
    expect(() => readSettings(['--scale', '0'])).toThrow(
      '--scale: got "0", expected a whole number of 1 or more',
    );
  });
});
