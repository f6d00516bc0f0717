import { type KernelBackend, type WasmBackendOptions } from '../src/index.js';
import { wasmBackendOn } from '../src/wasm/backend.js';
import { threadPlatform, type ThreadPlatform } from '../src/wasm/threads/threadPlatform.js';

/** This machine, where every op that can be divided is worth it. */
export function eagerPlatform(part: Partial<ThreadPlatform> = {}): ThreadPlatform {
  return { ...threadPlatform(), costs: { phase: 0, call: 0 }, ...part };
}

/** A backend that divides even the smallest ops between threads; led by the caller, or by a worker as in pages. */
export function threadedBackend(
  options: WasmBackendOptions,
  lead: 'caller' | 'worker' = 'caller',
): KernelBackend {
  return wasmBackendOn(eagerPlatform({ mayBlock: lead === 'caller' }), options);
}
