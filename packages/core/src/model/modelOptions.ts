import {
  throwIfIssues,
  unknownKeys,
  type Issue,
  type KernelBackend,
  type WasmBackendOptions,
} from '@bnfree/integer-kernels';

/**
 * How a model is run.
 *
 * `threads`, `memory`, `relaxedSimd`, `revectorize`, `workerUrl` and `modules` are options of the default backend and documented
 * there; they cannot be combined with a backend that is given.
 */
export interface ModelOptions extends Pick<WasmBackendOptions, BackendOption> {
  /** Default: WebAssembly where the engine has SIMD, else TypeScript. A backend that is given stays the caller's. */
  readonly backend?: KernelBackend;
  /** Images that go through the layers together, 1 .. 65536; default 1. More costs memory and may be faster. */
  readonly batchSize?: number;
}

type BackendOption = (typeof backendOptionNames)[number];

const backendOptionNames = [
  ...['threads', 'memory', 'relaxedSimd', 'revectorize', 'workerUrl', 'modules'],
] as const;
const maximalBatch = 65536;

/** @throws BnfreeError UNKNOWN_OPTION, INVALID_VALUE, CONFLICTING_OPTIONS */
export function assertModelOptions(options: ModelOptions): void {
  const { batchSize = 1 } = options;
  const known = ['backend', 'batchSize', ...backendOptionNames];
  const issues = unknownKeys(options, known, 'options', 'UNKNOWN_OPTION');
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > maximalBatch) {
    issues.push({
      code: 'INVALID_VALUE',
      path: 'options.batchSize',
      message: `got ${String(batchSize)}, expected a whole number 1 .. ${maximalBatch}`,
      fix: 'leave batchSize out, or write batchSize: 16',
    });
  }
  if (options.backend !== undefined) issues.push(...Object.keys(backendOptions(options)).map(conflict));
  throwIfIssues(issues);
}

/** Those of the options that concern the default backend. */
export function backendOptions(options: ModelOptions): WasmBackendOptions {
  const given = backendOptionNames.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

function conflict(name: string): Issue {
  return {
    code: 'CONFLICTING_OPTIONS',
    path: `options.${name}`,
    message: `got ${name} beside a backend, expected one of the two: it is an option of the default backend`,
    fix: `write backend: wasmBackend({ ${name}: ... }), or leave backend out`,
  };
}
