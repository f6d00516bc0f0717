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
  if (backend === 'wasm') {
    const opened = wasmBackend({ ...asked, ...options, threads });
    return opened.capabilities.threads === threads ? opened : undefined;
  }
  if (threads > 1) return undefined;
  return backend === 'typescript' ? typescriptBackend() : fastTypescriptBackend();
}
