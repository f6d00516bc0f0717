import type { EngineCapabilities } from './capabilities.js';
import type { WasmBackendOptions } from './wasmBackendOptions.js';
import type { KernelTarget } from './wasmKernel.js';

/** What kernels are chosen by: the engine's abilities within the user's options. */
export function kernelTarget(options: WasmBackendOptions, capabilities: EngineCapabilities): KernelTarget {
  return {
    relaxedSimd: capabilities.relaxedSimd && options.relaxedSimd !== false,
    revectorize: false,
    memory: options.memory ?? 'fast',
    forced: options.kernels ?? [],
  };
}
