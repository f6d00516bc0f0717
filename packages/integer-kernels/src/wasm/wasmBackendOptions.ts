import { isIntegerIn } from '../checks/checkFields.js';
import { closestName } from '../checks/closestName.js';
import { showValue } from '../checks/showValue.js';
import { unknownKeys } from '../checks/unknownKeys.js';
import { throwIfIssues, type Issue } from '../errors.js';
import type { AheadModule } from './ahead/moduleLibrary.js';
import { candidateNames } from './kernels.js';

/** How {@link wasmBackend} chooses its kernels and runs them. Nothing here changes a byte of a result. */
export interface WasmBackendOptions {
  /**
   * Threads that large ops are divided between, 1 .. 64. `auto` (default): the cores of the machine, at most 4. One thread where
   * memory cannot be shared, as in pages that are not cross-origin isolated: a note in `capabilities` says so.
   */
  readonly threads?: number | 'auto';
  /**
   * Where the page serves the program of its workers (`@bnfree/integer-kernels/worker`); needed where its content security policy
   * forbids workers from `blob:` URLs. Not used in Node.
   */
  readonly workerUrl?: string | URL;
  /**
   * `fast` (default): kernels may keep transformed weights, which take up to eight times the int8 bytes (exact Winograd).
   * `small`: constants stay near the size of the packed weights, and a model lets go of the weights that it was loaded with.
   */
  readonly memory?: 'fast' | 'small';
  /** False: no relaxed SIMD, although the engine has it. Default: used where it is proved exact. */
  readonly relaxedSimd?: boolean;
  /**
   * True: the engine joins two vectors of 128 bits to one of 256, in Node 24 and 25 on x64; an error elsewhere. Experimental: it sets a
   * flag of V8, for all WebAssembly that the process compiles from then on. Direct convolutions and products are about twice as fast.
   */
  readonly revectorize?: boolean;
  /**
   * Modules that emitModules() wrote ahead of time, for hosts that forbid compilation: they are used and nothing is emitted. Compiled,
   * or bytes, which the host must allow to compile. Without one of relaxed SIMD none is used; modules for one thread run on one.
   */
  readonly modules?: readonly AheadModule[];
  /** Kernels that are taken wherever they give the exact result, by name; for tests and measurements. */
  readonly kernels?: readonly string[];
}

const optionNames = [
  ...['threads', 'workerUrl', 'memory', 'relaxedSimd', 'revectorize', 'modules', 'kernels'],
] as const;
const MAX_THREADS = 64;

/** @throws BnfreeError UNKNOWN_OPTION, INVALID_OPTION */
export function assertWasmBackendOptions(options: WasmBackendOptions): void {
  const {
    memory = 'fast',
    relaxedSimd = false,
    revectorize = false,
    kernels = [],
    threads = 'auto',
    workerUrl = '',
    modules = [],
  } = options;
  const issues = unknownKeys(options, optionNames, 'options', 'UNKNOWN_OPTION');
  if (!['fast', 'small'].includes(memory)) {
    issues.push(invalidOption('memory', memory, "'fast' or 'small'", "write memory: 'small'"));
  }
  if (typeof relaxedSimd !== 'boolean') {
    issues.push(invalidOption('relaxedSimd', relaxedSimd, 'true or false', 'leave relaxedSimd out'));
  }
  if (typeof revectorize !== 'boolean') {
    issues.push(invalidOption('revectorize', revectorize, 'true or false', 'leave revectorize out'));
  } else if (revectorize && options.modules !== undefined) {
    const expected = 'modules that are emitted at run time';
    issues.push(invalidOption('revectorize', revectorize, expected, 'leave revectorize or modules out'));
  }
  if (threads !== 'auto' && !isIntegerIn(threads, 1, MAX_THREADS)) {
    issues.push(invalidOption('threads', threads, `1 .. ${MAX_THREADS} or 'auto'`, 'leave threads out'));
  }
  if (typeof workerUrl !== 'string' && !(workerUrl instanceof URL)) {
    const fix = "write new URL('@bnfree/integer-kernels/worker', import.meta.url)";
    issues.push(invalidOption('workerUrl', workerUrl, 'a URL', fix));
  }
  if (!Array.isArray(modules) || !modules.every(isModule)) {
    const fix = "write modules: [await WebAssembly.compileStreaming(fetch('model.wasm'))]";
    issues.push(invalidOption('modules', modules, 'a list of WebAssembly.Module or Uint8Array', fix));
  }
  if (!Array.isArray(kernels)) {
    issues.push(
      invalidOption('kernels', kernels, 'a list of names', `write kernels: ['${candidateNames[0]}']`),
    );
  } else issues.push(...kernels.flatMap(checkKernelName));
  throwIfIssues(issues);
}

// A module of another realm is no instance of this one's class.
function isModule(module: unknown): boolean {
  return (
    module instanceof Uint8Array || Object.prototype.toString.call(module) === '[object WebAssembly.Module]'
  );
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
