import type { Op, OpName } from '../ops/index.js';
import { add } from './add.js';
import { averagePool2d } from './averagePool2d.js';
import { concat } from './concat.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwiseConv2d.js';
import { gemm } from './gemm.js';
import { globalAveragePool2d } from './globalAveragePool2d.js';
import { lookup } from './lookup.js';
import { maxPool2d } from './maxPool2d.js';
import { relayout } from './relayout.js';
import { requantize } from './requantize.js';
import { reshape } from './reshape.js';
import type { KernelCandidate, KernelTarget, WasmKernel } from './wasmKernel.js';

/** Every op on WebAssembly. */
export const kernels = {
  gemm,
  conv2d,
  depthwiseConv2d,
  dense,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  add,
  concat,
  requantize,
  lookup,
  reshape,
  relayout,
} satisfies { readonly [Name in OpName]: WasmKernel<Name> };

/** Names of all candidates, without repetition. */
export const candidateNames: readonly string[] = [
  ...new Set(Object.values(kernels).flatMap((candidates) => candidates.map(({ name }) => name))),
];

/** The candidates that give the exact result for an op, in order of preference. */
export function candidatesOf(op: Op, target: KernelTarget): KernelCandidate[] {
  return allCandidates(op).filter((candidate) => supports(candidate, op, target));
}

/** The candidate that the target forces, else the first of the static table that suits the op. */
export function chooseKernel(op: Op, target: KernelTarget): KernelCandidate {
  const all = allCandidates(op);
  const isForced = ({ name }: KernelCandidate): boolean => target.forced.includes(name);
  // Whether a candidate is exact may take a walk over the weights: those behind the chosen one are not asked.
  return (
    all.find((candidate) => isForced(candidate) && supports(candidate, op, target)) ??
    all.find((candidate) => supports(candidate, op, target) && (candidate.suits?.(op, target) ?? true)) ??
    all[all.length - 1]
  );
}

function supports(candidate: KernelCandidate, op: Op, target: KernelTarget): boolean {
  return candidate.supports?.(op, target) ?? true;
}

function allCandidates(op: Op): readonly KernelCandidate[] {
  // The kernels at op.op take exactly the type of op; that their methods accept any op is TypeScript's bivariance.
  return kernels[op.op];
}
