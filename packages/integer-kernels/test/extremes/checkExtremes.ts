import { type Op, type TensorValues, wasmBackend } from '../../src/index.js';
import { kernelTarget } from '../../src/wasm/kernelTarget.js';
import type { OpCase } from '../arbitraries/op.js';
import type { TestedBackend } from '../backends.js';
import { type CandidateResult, candidateOf } from '../checkCandidate.js';
import { differenceFromReference, layoutChoices, runReference } from '../differenceFromReference.js';
import { type ExtremeOp, extremeCases } from './extremeCases.js';

/** A case and what the reference gives. */
interface SolvedCase {
  readonly drawn: OpCase;
  readonly expected: TensorValues;
}

const solved = new Map<string, Promise<readonly SolvedCase[]>>();

/** Runs every extreme case of an op on a backend; memory layouts take turns. */
export async function checkExtremes(
  op: ExtremeOp,
  extent: 'some' | 'all',
  { create }: Pick<TestedBackend, 'create'>,
  supports: (op: Op) => boolean = () => true,
): Promise<CandidateResult> {
  const backend = create();
  const failures: string[] = [];
  let cases = 0;
  for (const { drawn, expected } of await solve(op, extent)) {
    if (!supports(drawn.op)) continue;
    const choice = layoutChoices[cases % layoutChoices.length];
    const difference = await differenceFromReference(backend, drawn, choice, cases, expected);
    if (difference !== undefined) failures.push(difference);
    cases += 1;
  }
  await backend.dispose();
  if (failures.length === 0) return { cases };
  return { cases, failure: `${failures.length} of ${cases} cases differ; the first: ${failures[0]}` };
}

/** {@link checkExtremes} with one candidate of the WebAssembly backend, on the cases that it supports. */
export function checkExtremesOfCandidate(
  op: ExtremeOp,
  extent: 'some' | 'all',
  name: string,
): Promise<CandidateResult> {
  const options = { kernels: [name] };
  const candidate = candidateOf(op, name);
  const target = kernelTarget(options, wasmBackend(options).capabilities);
  return checkExtremes(
    op,
    extent,
    { create: () => wasmBackend(options) },
    (any) => candidate.supports?.(any, target) ?? true,
  );
}

function solve(op: ExtremeOp, extent: 'some' | 'all'): Promise<readonly SolvedCase[]> {
  const key = `${op} ${extent}`;
  const known = solved.get(key) ?? solveAll(op, extent);
  solved.set(key, known);
  return known;
}

async function solveAll(op: ExtremeOp, extent: 'some' | 'all'): Promise<SolvedCase[]> {
  const cases: SolvedCase[] = [];
  for (const drawn of extremeCases(op, extent)) cases.push({ drawn, expected: await runReference(drawn) });
  return cases;
}
