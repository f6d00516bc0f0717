import { encodeKernelList, KERNEL_LIST, type KernelList } from './ahead/kernelList.js';
import { ModuleBuilder } from './emitter/index.js';
import type { KernelPlan } from './wasmKernel.js';

/** The binary module of some plans, for a memory that threads share or do not share, with a list of what is in it if given. */
export function emitModule(plans: readonly KernelPlan[], isShared = false, list?: KernelList): Uint8Array {
  const module = new ModuleBuilder({ isShared });
  plans.forEach((plan, index) => {
    plan.emit(module, phaseNames(index, plan));
  });
  return module.finish(list && { name: KERNEL_LIST, content: encodeKernelList(list) });
}

/** Names of the exported functions of the plan at a position of a module. */
export function phaseNames(index: number, { phases }: Pick<KernelPlan, 'phases'>): string[] {
  return phases.map((_, phase) => `${index}.${phase}`);
}
