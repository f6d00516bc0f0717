import { BnfreeError, fastTypescriptBackend, wasmBackend, type KernelBackend } from '@bnfree/integer-kernels';

/** WebAssembly where the engine has it with SIMD, else the fast TypeScript kernels: the results are the same. */
export function defaultBackend(): KernelBackend {
  return availableWasmBackend() ?? fastTypescriptBackend();
}

/** The WebAssembly backend, or undefined where the engine lacks WebAssembly or SIMD. */
export function availableWasmBackend(): KernelBackend | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  try {
    return wasmBackend();
  } catch (error) {
    if (error instanceof BnfreeError && error.code === 'SIMD_UNAVAILABLE') return undefined;
    throw error;
  }
}
