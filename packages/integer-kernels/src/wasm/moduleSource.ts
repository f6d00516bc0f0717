import type { KernelPlan } from './wasmKernel.js';

/** A module, and where in it the functions of some plans are. */
export interface FoundModule {
  readonly module: WebAssembly.Module;
  /** The position of each plan among those of the module. */
  readonly positions: readonly number[];
}

/** An op by the key of its plan, for messages. */
export interface KeyedLayer {
  readonly key: string;
  readonly name?: string | undefined;
}

/** Where compiled modules come from. */
export interface ModuleSource {
  /** One module that holds the functions of all plans, which have different keys. Rejects with WASM_COMPILE, MODULE_KERNEL_MISSING. */
  find(plans: readonly KernelPlan[], layers: readonly KeyedLayer[]): Promise<FoundModule>;
  clear(): void;
}
