import type { KernelPlan } from './wasmKernel.js';

type Scratch = Pick<KernelPlan, 'scratchBytes' | 'threadScratchBytes'>;

/** Threads must not share a cache line. */
const LINE_BYTES = 64;

/** Where the scratch of the first thread begins, behind what all threads share. */
export function threadScratchOffset({ scratchBytes = 0 }: Scratch): number {
  return Math.ceil(scratchBytes / LINE_BYTES) * LINE_BYTES;
}

/** Bytes of all scratch of a plan. */
export function scratchByteLength(plan: Scratch): number {
  return threadScratchOffset(plan) + (plan.threadScratchBytes ?? 0);
}
