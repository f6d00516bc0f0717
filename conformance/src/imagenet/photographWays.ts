import {
  fastTypescriptBackend,
  typescriptBackend,
  wasmBackend,
  type KernelBackend,
  type WasmBackendOptions,
} from '@bnfree/integer-kernels';

/** A backend, its options, and how many images go through the layers together. */
export interface PhotographWay {
  readonly open: () => KernelBackend;
  readonly batchSize: 1 | 8;
  /** Of the backend, where it has to have so many. */
  readonly threads?: 2;
  /** Takes about a hundred times as long: some photographs are enough. */
  readonly isSlow?: boolean;
}

const wasm = (options: WasmBackendOptions, batchSize: 1 | 8 = 1): PhotographWay => ({
  open: () => wasmBackend({ threads: 1, ...options }),
  batchSize,
  ...(options.threads === 2 ? { threads: 2 } : {}),
});

/** Ways to run a model that must all give the same bytes; the first is the reference. */
export const photographWays = {
  typescript: { open: typescriptBackend, batchSize: 1, isSlow: true },
  'fast TypeScript': { open: fastTypescriptBackend, batchSize: 1, isSlow: true },
  wasm: wasm({}),
  'wasm, batch 8': wasm({}, 8),
  'wasm, 2 threads': wasm({ threads: 2 }),
  'wasm, base SIMD': wasm({ relaxedSimd: false }),
  'wasm, small': wasm({ memory: 'small' }),
  'wasm, small, batch 8': wasm({ memory: 'small' }, 8),
  'wasm, small, 2 threads': wasm({ memory: 'small', threads: 2 }),
  'wasm, small, base SIMD': wasm({ memory: 'small', relaxedSimd: false }),
} as const satisfies Readonly<Record<string, PhotographWay>>;

/** One of them. */
export type PhotographWayName = keyof typeof photographWays;

/** Their names, the reference first. */
export const photographWayNames = Object.keys(photographWays) as PhotographWayName[];
