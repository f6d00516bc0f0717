import { throwIfIssues, unknownKeys, type KernelBackend } from '@bnfree/integer-kernels';

/** How a model is run. */
export interface ModelOptions {
  /** Default: WebAssembly where the engine has SIMD, else TypeScript. A backend that is given stays the caller's. */
  readonly backend?: KernelBackend;
  /** Images that go through the layers together, 1 .. 65536; default 1. More costs memory and may be faster. */
  readonly batchSize?: number;
}

const maximalBatch = 65536;

/** @throws BnfreeError UNKNOWN_OPTION, INVALID_VALUE */
export function assertModelOptions(options: ModelOptions): void {
  const { batchSize = 1 } = options;
  const issues = unknownKeys(options, ['backend', 'batchSize'], 'options', 'UNKNOWN_OPTION');
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > maximalBatch) {
    issues.push({
      code: 'INVALID_VALUE',
      path: 'options.batchSize',
      message: `got ${String(batchSize)}, expected a whole number 1 .. ${maximalBatch}`,
      fix: 'leave batchSize out, or write batchSize: 16',
    });
  }
  throwIfIssues(issues);
}
