import {
  BnfreeError,
  fastTypescriptBackend,
  wasmBackend,
  type KernelBackend,
  type WasmBackendOptions,
} from '@bnfree/integer-kernels';

/**
 * WebAssembly where the engine has it with SIMD, else the fast TypeScript kernels: the results are the same.
 *
 * The options are those of wasmBackend(); TypeScript has nothing to choose.
 */
export function defaultBackend(options: WasmBackendOptions = {}): KernelBackend {
  return availableWasmBackend(options) ?? fastTypescriptBackend();
}

/** The WebAssembly backend, or undefined where the engine lacks WebAssembly or SIMD. */
export function availableWasmBackend(options: WasmBackendOptions = {}): KernelBackend | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  try {
    return wasmBackend(options);
  } catch (error) {
    if (error instanceof BnfreeError && error.code === 'SIMD_UNAVAILABLE') return undefined;
    throw error;
  }
}
