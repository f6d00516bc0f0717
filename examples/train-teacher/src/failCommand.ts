import { BnfreeError, formatIssues } from '@bnfree/core';

/** Says on standard error what ended a command, and lets the process end with 1. */
export function failCommand(error: unknown): void {
  const text = error instanceof BnfreeError ? formatIssues(error.issues) : (error as Error).message;
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
