import { type KernelBackend, typescriptBackend, wasmBackend } from '../src/index.js';

/** Every backend that the conformance suite holds to the reference. A new backend is added here. */
export const backends: readonly (() => KernelBackend)[] = [typescriptBackend, wasmBackend];
