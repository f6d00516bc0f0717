import { showValue } from '../checks/showValue.js';
import { unknownKeys } from '../checks/unknownKeys.js';
import { throwIfIssues } from '../errors.js';

/** How {@link fastTypescriptBackend} chooses its kernels. Nothing here changes a byte of a result. */
export interface FastTypescriptBackendOptions {
  /**
   * `fast` (default): convolutions may keep transformed weights, which take eight times the int8 bytes or more (exact Winograd).
   * `small`: two bytes a weight.
   */
  readonly memory?: 'fast' | 'small';
}

/** @throws BnfreeError UNKNOWN_OPTION, INVALID_OPTION */
export function assertFastTypescriptOptions(options: FastTypescriptBackendOptions): void {
  const issues = unknownKeys(options, ['memory'], 'options', 'UNKNOWN_OPTION');
  const { memory = 'fast' } = options;
  if (!['fast', 'small'].includes(memory)) {
    issues.push({
      code: 'INVALID_OPTION',
      path: 'options.memory',
      message: `got ${showValue(memory)}, expected 'fast' or 'small'`,
      fix: "write memory: 'small'",
    });
  }
  throwIfIssues(issues);
}
