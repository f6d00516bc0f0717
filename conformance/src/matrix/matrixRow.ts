import type { CheckResult } from './checkResult.js';

/** A suite on an engine. */
export interface MatrixRow {
  readonly engine: string;
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What failed, or why it was skipped. */
  readonly notes: readonly string[];
}

/** The row of checks that were made one by one. */
export function rowOfChecks(
  engine: string,
  suite: string,
  results: readonly CheckResult[],
  seconds: number,
): MatrixRow {
  const notes = results.flatMap(({ label, failure }) =>
    failure === undefined ? [] : [`${label}: ${failure}`],
  );
  return {
    engine,
    suite,
    passed: results.length - notes.length,
    failed: notes.length,
    skipped: 0,
    seconds,
    notes,
  };
}

/** The row of a suite whose engine is missing: skipped, or failed where everything has to be there. */
export function missingRow(engine: string, suite: string, what: string, isFailure: boolean): MatrixRow {
  const counts = isFailure ? { failed: 1, skipped: 0 } : { failed: 0, skipped: 1 };
  return { engine, suite, passed: 0, ...counts, seconds: 0, notes: [`${what} is missing`] };
}
