/** One problem, in a form that a person can act on. */
export interface Issue {
  /** Stable, upper-case, documented in docs/errors.md. */
  readonly code: string;
  /** Where: a path such as `nodes[3] "conv2".weights.bits`. */
  readonly path: string;
  /** What was got and what was expected. */
  readonly message: string;
  /** What to type to mend it. */
  readonly fix: string;
}

/** The one error type of @bnfree: a stable code and every issue found. */
export class BnfreeError extends Error {
  override readonly name = 'BnfreeError';
  readonly code: string;
  readonly issues: readonly Issue[];

  constructor(issues: readonly [Issue, ...Issue[]] | readonly Issue[], options?: { cause?: unknown }) {
    super(formatIssues(issues), options);
    this.code = issues[0]?.code ?? 'INTERNAL';
    this.issues = issues;
  }
}

/** Formats issues as `CODE at path`, message and fix, one block each. */
export function formatIssues(issues: readonly Issue[]): string {
  return issues
    .map(({ code, path, message, fix }) => `${code} at ${path}\n  ${message}\n  fix: ${fix}`)
    .join('\n');
}

/** Throws one {@link BnfreeError} that carries all issues, or returns when there are none. */
export function throwIfIssues(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new BnfreeError(issues);
}

/** Prefixes the path of every issue, so that a nested check reports where it stands. */
export function issuesAt(prefix: string, issues: readonly Issue[]): Issue[] {
  return issues.map((issue) => ({ ...issue, path: issue.path === '' ? prefix : `${prefix}.${issue.path}` }));
}
