import {
  fastTypescriptBackend,
  typescriptBackend,
  wasmBackend,
  type KernelBackend,
  type WasmBackendOptions,
} from '@bnfree/integer-kernels';
import { kernels } from '../../../packages/integer-kernels/src/wasm/kernels.js';
import { threadedBackend } from '../../../packages/integer-kernels/test/threadedBackend.js';
import type { Way } from './runCase.js';

/** Candidates that some op has a choice of. */
const forcedNames = [
  ...new Set(
    Object.values(kernels)
      .filter((candidates) => candidates.length > 1)
      .flatMap((candidates) => candidates.map(({ name }) => name)),
  ),
];

/** Every way to run a graph that must give the same bytes. Dispose of the backends afterwards. */
export function openWays(): Way[] {
  const way = (label: string, backend: KernelBackend): Way => ({ label, backend, isMemoryReused: true });
  const wasm = (label: string, options: WasmBackendOptions): Way =>
    way(`wasm, ${label}`, wasmBackend({ threads: 1, ...options }));
  return [
    way('typescript', typescriptBackend()),
    way('fast-typescript', fastTypescriptBackend()),
    way('wasm as it comes', wasmBackend()),
    { ...wasm('no memory used again', {}), isMemoryReused: false },
    wasm('memory small', { memory: 'small' }),
    wasm('relaxed SIMD off', { relaxedSimd: false }),
    ...forcedNames.map((name) => wasm(`forced to ${name}`, { kernels: [name] })),
    way('wasm, all ops divided between 2 threads', threadedBackend({ threads: 2 })),
    way('wasm, all ops divided between 2 threads, as in pages', threadedBackend({ threads: 2 }, 'page')),
  ];
}
