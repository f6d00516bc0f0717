import fc from 'fast-check';
import { type KernelBackend, type OpName, wasmBackend, type WasmBackendOptions } from '../src/index.js';
import { kernels } from '../src/wasm/kernels.js';
import { kernelTarget } from '../src/wasm/kernelTarget.js';
import type { KernelCandidate } from '../src/wasm/wasmKernel.js';
import { opCase } from './arbitraries/op.js';
import { differenceFromReference, layoutChoices } from './differenceFromReference.js';

/** One candidate kernel, and what it is run on. */
export interface CandidateCheck {
  readonly op: OpName;
  readonly candidate: string;
  /** Other options of the backend that is forced to the candidate. */
  readonly options?: Omit<WasmBackendOptions, 'kernels'>;
  /** Default: wasmBackend. */
  readonly createBackend?: (options: WasmBackendOptions) => KernelBackend;
  readonly seed: number;
  /** Random ops of each size. */
  readonly runs: number;
}

/** What came of a check. */
export interface CandidateResult {
  /** Ops that the candidate ran. */
  readonly cases: number;
  /** The smallest failing case that was found, with how to draw it again. */
  readonly failure?: string;
}

/** Draws that may be thrown away for one that the candidate supports. */
const SKIPS_PER_RUN = 100;
/** Smaller cases that are tried once one fails. */
const SHRINKS = 100;

/** Names of the candidates of an op. */
export function candidateNamesOf(op: OpName): string[] {
  return (kernels[op] as readonly KernelCandidate[]).map(({ name }) => name);
}

/** The candidate of an op by its name. */
export function candidateOf(op: OpName, candidate: string): KernelCandidate {
  const found = (kernels[op] as readonly KernelCandidate[]).find(({ name }) => name === candidate);
  if (found === undefined) throw new Error(`${op} has no candidate ${candidate}`);
  return found;
}

/** Whether a candidate supports only what it would do with relaxed SIMD, as far as random ops tell. */
export function needsRelaxedSimd(op: OpName, name: string): boolean {
  const candidate = candidateOf(op, name);
  if (candidate.supports === undefined) return false;
  const ops = fc.sample(opCase(op, 'small'), { numRuns: 300, seed: 1 });
  const isRunBy = (relaxedSimd: boolean): boolean => {
    const target = kernelTarget({ kernels: [name] }, { simd: true, relaxedSimd });
    return ops.some((drawn) => candidate.supports?.(drawn.op, target));
  };
  return isRunBy(true) && !isRunBy(false);
}

/** Forces a candidate on random ops that it supports and compares with the reference. */
export async function checkCandidate(check: CandidateCheck): Promise<CandidateResult> {
  const options: WasmBackendOptions = { ...check.options, kernels: [check.candidate] };
  const backend = (check.createBackend ?? wasmBackend)(options);
  const target = kernelTarget(options, backend.capabilities);
  const candidate = candidateOf(check.op, check.candidate);
  let cases = 0;
  let failure: string | undefined;
  for (const size of ['large', 'small'] as const) {
    const property = fc.asyncProperty(
      fc.limitShrink(opCase(check.op, size), SHRINKS),
      fc.constantFrom(...layoutChoices),
      fc.nat(),
      async (drawn, choice, garbage) => {
        fc.pre(candidate.supports?.(drawn.op, target) ?? true);
        cases += 1;
        const difference = await differenceFromReference(backend, drawn, choice, garbage);
        if (difference !== undefined) throw new Error(difference);
      },
    );
    const { counterexample, counterexamplePath, errorInstance } = await fc.check(property, {
      seed: check.seed,
      numRuns: check.runs,
      maxSkipsPerRun: SKIPS_PER_RUN,
    });
    if (counterexample !== null)
      failure ??= `seed ${check.seed}, ${size}, path ${counterexamplePath}: ${String(errorInstance)}`;
  }
  await backend.dispose();
  return failure === undefined ? { cases } : { cases, failure };
}
