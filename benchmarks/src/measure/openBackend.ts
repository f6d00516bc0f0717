import { BnfreeError } from '@bnfree/core';
import {
  fastTypescriptBackend,
  typescriptBackend,
  wasmBackend,
  type KernelBackend,
  type WasmBackendOptions,
} from '@bnfree/integer-kernels';
import type { WorkItem } from '../work/workItem.js';

/** Opens a backend of ours with a number of threads; undefined where it cannot have as many. */
export function openBackend(
  { backend, options }: Pick<WorkItem, 'backend' | 'options'>,
  threads: number,
  asked: WasmBackendOptions,
): KernelBackend | undefined {
  if (backend === 'wasm') return openWasm({ ...asked, ...options }, threads);
  if (threads > 1) return undefined;
  return backend === 'typescript' ? typescriptBackend() : fastTypescriptBackend();
}

function openWasm(options: WasmBackendOptions, threads: number): KernelBackend | undefined {
  try {
    return wasmBackend({ ...options, threads } as WasmBackendOptions);
  } catch (error) {
    if (!(error instanceof BnfreeError) || error.code !== 'UNKNOWN_OPTION') throw error;
    // A backend that has no such option has one thread.
    return threads === 1 ? wasmBackend(options) : undefined;
  }
}
