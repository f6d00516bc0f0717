import { type KernelBackend, type WasmBackendOptions } from '../src/index.js';
import { wasmBackendOn } from '../src/wasm/backend.js';
import { threadPlatform, type ThreadPlatform } from '../src/wasm/threads/threadPlatform.js';

/** This machine, where every op that can be divided is worth it, and where no thread does the part of another. */
export function eagerPlatform(part: Partial<ThreadPlatform> = {}): ThreadPlatform {
  return {
    ...threadPlatform(),
    costs: { phase: 0, call: 0, piece: Infinity },
    takesOver: false,
    ...part,
  };
}

/** What pages have in their place: a thread that may not block, and that gives way between small pieces. */
export const pagePart = {
  mayBlock: false,
  costs: { phase: 0, call: 0, piece: 31_000 },
} as const satisfies Partial<ThreadPlatform>;

/** A backend that divides even the smallest ops between threads; on a thread that may block, or as in pages. */
export function threadedBackend(
  options: WasmBackendOptions,
  host: 'thread' | 'page' = 'thread',
): KernelBackend {
  return wasmBackendOn(eagerPlatform(host === 'page' ? pagePart : {}), options);
}
