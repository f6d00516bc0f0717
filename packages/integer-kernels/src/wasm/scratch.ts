import type { KernelPlan } from './wasmKernel.js';

type Scratch = Pick<KernelPlan, 'scratchBytes' | 'threadScratchBytes'>;

/** Threads must not share a cache line. */
const LINE_BYTES = 64;
/** Offsets of scratch are multiples of 16. */
const LARGEST_GAP = LINE_BYTES - 16;

/** Where the own scratch of a thread begins, when the scratch of the plan begins at `scratchOffset`. */
export function threadScratchAddress(plan: Scratch, scratchOffset: number, thread: number): number {
  const { scratchBytes = 0, threadScratchBytes = 0 } = plan;
  return toLines(scratchOffset + scratchBytes) + thread * toLines(threadScratchBytes);
}

/** Bytes of all scratch of a plan: what threads share, then a part for each. */
export function scratchByteLength(plan: Scratch, threads: number): number {
  const { scratchBytes = 0, threadScratchBytes = 0 } = plan;
  if (threadScratchBytes === 0) return scratchBytes;
  return toLines(scratchBytes) + LARGEST_GAP + threads * toLines(threadScratchBytes);
}

function toLines(byteLength: number): number {
  return Math.ceil(byteLength / LINE_BYTES) * LINE_BYTES;
}
