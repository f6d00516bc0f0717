import { BnfreeError } from '../../errors.js';
import { compileModule } from '../moduleCache.js';
import type { KeyedLayer, ModuleSource } from '../moduleSource.js';
import type { KernelPlan } from '../wasmKernel.js';
import { kernelHash } from './kernelHash.js';
import { readKernelList } from './kernelList.js';

/** A module that was written ahead of time: compiled, or its bytes, which are compiled when they are needed. */
export type AheadModule = WebAssembly.Module | Uint8Array;

/** Modules that were written ahead of time, in place of emitted ones. */
export interface ModuleLibrary extends ModuleSource {
  readonly isShared: boolean;
  readonly hasRelaxed: boolean;
}

/** Opens modules. Throws MODULE_UNKNOWN, and INVALID_OPTION where some are for shared memory and some are not. */
export function moduleLibrary(modules: readonly AheadModule[]): ModuleLibrary {
  const entries = modules.map((module, index) => ({
    list: readKernelList(module, `options.modules[${index}]`),
    module,
  }));
  const isShared = entries.some(({ list }) => list.isShared);
  if (entries.some(({ list }) => list.isShared !== isShared)) throw mixedModules();
  const compiled = new Map<AheadModule, Promise<WebAssembly.Module>>();
  const open = (module: AheadModule): Promise<WebAssembly.Module> => {
    const known =
      compiled.get(module) ??
      (module instanceof Uint8Array ? compileModule(module) : Promise.resolve(module));
    compiled.set(module, known);
    return known;
  };
  return {
    isShared,
    hasRelaxed: entries.some(({ list }) => list.isRelaxed),
    async find(plans, layers) {
      const hashes = plans.map(kernelHash);
      const isRelaxed = plans.some((plan) => plan.isRelaxed === true);
      const ofKind = entries.filter(({ list }) => list.isRelaxed === isRelaxed);
      const found = ofKind.find(({ list }) => hashes.every((hash) => list.kernels.includes(hash)));
      if (found === undefined) {
        const lists = ofKind.map(({ list }) => list);
        throw missingKernels(
          plans.filter((_, index) => lists.every(({ kernels }) => !kernels.includes(hashes[index]))),
          layers,
        );
      }
      return {
        module: await open(found.module),
        positions: hashes.map((hash) => found.list.kernels.indexOf(hash)),
      };
    },
    clear() {
      compiled.clear();
    },
  };
}

function missingKernels(missing: readonly KernelPlan[], layers: readonly KeyedLayer[]): BnfreeError {
  const keys = new Set(missing.map(({ key }) => key));
  const named = layers.flatMap(({ key, name }, index) => (keys.has(key) ? [name ?? `ops[${index}]`] : []));
  return new BnfreeError([
    {
      code: 'MODULE_KERNEL_MISSING',
      path: 'options.modules',
      message: `got modules without the kernels of ${named.join(', ') || 'all ops together'}, expected those of every layer`,
      fix: 'write them again with the same batchSize, memory and version of the library: bnfree compile model.bnfree',
    },
  ]);
}

function mixedModules(): BnfreeError {
  return new BnfreeError([
    {
      code: 'INVALID_OPTION',
      path: 'options.modules',
      message: 'got modules for threads and modules for one thread, expected one kind',
      fix: 'give the modules that one call of bnfree compile wrote',
    },
  ]);
}
