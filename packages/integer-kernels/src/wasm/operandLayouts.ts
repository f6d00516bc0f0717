import type { OperandLayouts } from '../backend.js';
import type { Op } from '../ops/index.js';
import { chooseKernel } from './kernels.js';
import { denseLayouts } from './layoutVariants.js';
import { scratchByteLength } from './scratch.js';
import type { KernelTarget } from './wasmKernel.js';

/** What the kernel that a target chooses for an op wants in memory. */
export function operandLayouts(op: Op, target: KernelTarget, threads: number): OperandLayouts {
  const kernel = chooseKernel(op, target);
  const plan = kernel.plan(op, denseLayouts(op), target);
  const { constantBytes } = plan;
  return { ...kernel.request(op, target), constantBytes, scratchBytes: scratchByteLength(plan, threads) };
}
