import {
  fastTypescriptBackend,
  typescriptBackend,
  wasmBackend,
  type WasmBackendOptions,
} from '@bnfree/integer-kernels';
import { kernels } from '../../../packages/integer-kernels/src/wasm/kernels.js';
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
  const wasm = (label: string, options: WasmBackendOptions): Way => ({
    label: `wasm, ${label}`,
    backend: wasmBackend(options),
    isMemoryReused: true,
  });
  return [
    { label: 'typescript', backend: typescriptBackend(), isMemoryReused: true },
    { label: 'fast-typescript', backend: fastTypescriptBackend(), isMemoryReused: true },
    wasm('as it comes', {}),
    { ...wasm('no memory used again', {}), isMemoryReused: false },
    wasm('memory small', { memory: 'small' }),
    wasm('relaxed SIMD off', { relaxedSimd: false }),
    ...forcedNames.map((name) => wasm(`forced to ${name}`, { kernels: [name] })),
  ];
}
