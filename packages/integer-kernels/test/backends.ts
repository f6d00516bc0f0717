import { type KernelBackend, fastTypescriptBackend, typescriptBackend, wasmBackend } from '../src/index.js';

/** A backend as it is tested: with certain options. */
export interface TestedBackend {
  readonly label: string;
  readonly create: () => KernelBackend;
}

/** Every backend that the conformance suite holds to the reference. A new backend, or option, is added here. */
export const backends: readonly TestedBackend[] = [
  { label: 'typescript', create: typescriptBackend },
  { label: 'fast-typescript', create: () => fastTypescriptBackend() },
  { label: 'fast-typescript, memory small', create: () => fastTypescriptBackend({ memory: 'small' }) },
  { label: 'wasm', create: () => wasmBackend() },
  { label: 'wasm, memory small', create: () => wasmBackend({ memory: 'small' }) },
  { label: 'wasm, relaxed SIMD off', create: () => wasmBackend({ relaxedSimd: false }) },
];
