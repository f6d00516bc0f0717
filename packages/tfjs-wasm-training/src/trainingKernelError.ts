/** One problem, in the form that every `@bnfree` package reports. */
export interface TrainingKernelIssue {
  readonly code: TrainingKernelErrorCode;
  /** Where: a kernel and its attribute, such as `Conv2DBackpropFilter.dataFormat`. */
  readonly path: string;
  /** What was got and what was expected. */
  readonly message: string;
  /** What to type to mend it. */
  readonly fix: string;
}

export type TrainingKernelErrorCode =
  | 'BACKEND_STARTED'
  | 'INVALID_THREADS'
  | 'THREADS_NOT_AVAILABLE'
  | 'WASM_BACKEND_MISSING'
  | 'KERNEL_OVERRIDDEN'
  | 'GRADIENTS_NOT_LOADED'
  | 'UNSUPPORTED_DATA_FORMAT'
  | 'UNSUPPORTED_DILATION'
  | 'UNSUPPORTED_SHAPE';

/**
 * The error type of this package: a stable code and every issue found.
 *
 * It has the shape of `BnfreeError` (`code`, `issues`), which this package, useful alone, does not import.
 */
export class TrainingKernelError extends Error {
  override readonly name = 'TrainingKernelError';
  readonly code: TrainingKernelErrorCode;
  readonly issues: readonly TrainingKernelIssue[];

  constructor(issues: readonly TrainingKernelIssue[], options?: { cause?: unknown }) {
    super(
      issues
        .map(({ code, path, message, fix }) => `${code} at ${path}\n  ${message}\n  fix: ${fix}`)
        .join('\n'),
      options,
    );
    this.code = issues[0].code;
    this.issues = issues;
  }
}
