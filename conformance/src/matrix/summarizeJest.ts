/** Tests of a run of jest. */
export interface JestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

/** What jest writes with --json, as far as it is needed. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A file that could not be run counts as one failure, and so does a run that failed without saying why. */
export function summarizeJest(report: JestReport, status: number | null): JestCounts {
  const failures = report.testResults.flatMap(({ message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
    return failed.length > 0 || message === '' ? failed : [message.split('\n').slice(0, 5).join(' ')];
  });
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const isUnexplained = failed === 0 && status !== 0;
  return {
    passed: report.numPassedTests,
    failed: isUnexplained ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: isUnexplained ? [`jest ended with ${status}`] : failures,
  };
}
