import type { EngineCapabilities } from './capabilities.js';
import { typicalSpeeds } from './matrix/productSpeeds.js';
import type { WasmBackendOptions } from './wasmBackendOptions.js';
import type { KernelTarget } from './wasmKernel.js';

/** What kernels are chosen by: the engine's abilities within the user's options. */
export function kernelTarget(options: WasmBackendOptions, capabilities: EngineCapabilities): KernelTarget {
  return {
    relaxedSimd: capabilities.relaxedSimd && options.relaxedSimd !== false,
    revectorize: options.revectorize === true,
    memory: options.memory ?? 'fast',
    // Modules that were written ahead hold what suits most machines.
    speeds: { ...typicalSpeeds, ...(options.modules === undefined ? capabilities.probe : undefined) },
    forced: options.kernels ?? [],
  };
}
