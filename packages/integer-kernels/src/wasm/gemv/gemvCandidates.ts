import { denseRequest } from '../../memory/tensorLayout.js';
import type { DenseOp } from '../../ops/dense.js';
import type { KernelCandidate, KernelTarget } from '../wasmKernel.js';
import { planDotRows } from './planDotRows.js';
import { planLookUp } from './planLookUp.js';
import { UNIT_ROWS } from './tableShape.js';

/** Rows of a batch from which on a matrix product of widened weights is faster. */
const MATRIX_BATCH = 4;

const request: KernelCandidate<'dense'>['request'] = () => ({ inputs: [denseRequest], output: denseRequest });

/** Dense layers of few rows, whose weights stay packed and pass once: by tables, by relaxed and by plain dot products. */
export const gemvCandidates: readonly KernelCandidate<'dense'>[] = [
  {
    name: 'gemvTables',
    supports: ({ weights }) => weights.bits <= 2,
    suits: (op, target) =>
      isGemv(op, target) &&
      op.weights.shape[0] >= UNIT_ROWS &&
      (!target.relaxedSimd || op.weights.bits === 1 || span(op) <= 15),
    request,
    plan: planLookUp,
  },
  {
    name: 'gemvRelaxed',
    supports: (op, { relaxedSimd }) => relaxedSimd && (op.weights.bits <= 4 || span(op) <= 127),
    suits: isGemv,
    request,
    plan: (op, layouts) => planDotRows(op, layouts, true),
  },
  {
    name: 'gemv',
    suits: isGemv,
    request,
    plan: (op, layouts) => planDotRows(op, layouts, false),
  },
];

function isGemv({ inputs: [input], weights }: DenseOp, { memory }: KernelTarget): boolean {
  return input.shape[0] < MATRIX_BATCH || (memory === 'small' && weights.bits <= 4);
}

function span({ inputs: [{ quantMin, quantMax }] }: DenseOp): number {
  return quantMax - quantMin;
}
