import { emitModule } from '../emitModule.js';
import type { KernelPlan } from '../wasmKernel.js';

/**
 * 64 bits over all code of a plan, as hexadecimal digits.
 *
 * Taken over what is emitted, not over the key, so that a module of another version of the library does not fit.
 */
export function kernelHash(plan: KernelPlan): string {
  let [low, high] = [0x9747b28c, 0x1b873593];
  for (const byte of emitModule([plan])) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte ^ (low >>> 15), 0x85ebca6b);
  }
  // The layout of the constants belongs to the code.
  for (const value of [plan.constantBytes, plan.scratchBytes ?? 0, plan.threadScratchBytes ?? 0]) {
    low = Math.imul(low ^ value, 0xcc9e2d51);
    high = Math.imul(high ^ value ^ (low >>> 13), 0xc2b2ae35);
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
