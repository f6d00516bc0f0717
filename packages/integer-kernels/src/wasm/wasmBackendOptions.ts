import { closestName } from '../checks/closestName.js';
import { showValue } from '../checks/showValue.js';
import { unknownKeys } from '../checks/unknownKeys.js';
import { throwIfIssues, type Issue } from '../errors.js';
import { candidateNames } from './kernels.js';

/** How {@link wasmBackend} chooses its kernels. Nothing here changes a byte of a result. */
export interface WasmBackendOptions {
  /**
   * `fast` (default): kernels may keep transformed weights, which take up to eight times the int8 bytes (exact Winograd).
   * `small`: constants stay near the size of the packed weights.
   */
  readonly memory?: 'fast' | 'small';
  /** False: no relaxed SIMD, although the engine has it. Default: used where it is proved exact. */
  readonly relaxedSimd?: boolean;
  /** Kernels that are taken wherever they give the exact result, by name; for tests and measurements. */
  readonly kernels?: readonly string[];
}

/** @throws BnfreeError UNKNOWN_OPTION, INVALID_OPTION */
export function assertWasmBackendOptions(options: WasmBackendOptions): void {
  const { memory = 'fast', relaxedSimd = false, kernels = [] } = options;
  const issues = unknownKeys(options, ['memory', 'relaxedSimd', 'kernels'], 'options', 'UNKNOWN_OPTION');
  if (!['fast', 'small'].includes(memory)) {
    issues.push(invalidOption('memory', memory, "'fast' or 'small'", "write memory: 'small'"));
  }
  if (typeof relaxedSimd !== 'boolean') {
    issues.push(invalidOption('relaxedSimd', relaxedSimd, 'true or false', 'leave relaxedSimd out'));
  }
  if (!Array.isArray(kernels)) {
    issues.push(
      invalidOption('kernels', kernels, 'a list of names', `write kernels: ['${candidateNames[0]}']`),
    );
  } else issues.push(...kernels.flatMap(checkKernelName));
  throwIfIssues(issues);
}

function checkKernelName(name: string, index: number): Issue[] {
  if (candidateNames.includes(name)) return [];
  const fix = `write '${closestName(name, candidateNames) ?? candidateNames[0]}'`;
  return [invalidOption(`kernels[${index}]`, name, `one of ${candidateNames.join(', ')}`, fix)];
}

function invalidOption(name: string, value: unknown, expected: string, fix: string): Issue {
  const message = `got ${showValue(value)}, expected ${expected}`;
  return { code: 'INVALID_OPTION', path: `options.${name}`, message, fix };
}
