import { denseRequest } from '../../memory/tensorLayout.js';
import type { DenseOp } from '../../ops/dense.js';
import type { KernelCandidate, KernelTarget } from '../wasmKernel.js';
import { planDotRows } from './planDotRows.js';
import { planLookUp } from './planLookUp.js';
import { UNIT_ROWS } from './tableShape.js';

/** Rows of a batch up to which packed weights are faster than a matrix product of widened ones. */
const MOST_ROWS = 3;
/** The same where widened weights would come from memory, not from a cache. */
const MOST_ROWS_OF_LARGE = 8;
const LARGE_WEIGHTS = 1 << 20;

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

function isGemv({ inputs: [input], weights: { shape, bits } }: DenseOp, { memory }: KernelTarget): boolean {
  const isLarge = shape[0] * shape[1] >= LARGE_WEIGHTS;
  const mostRows = isLarge ? MOST_ROWS_OF_LARGE : MOST_ROWS;
  return input.shape[0] <= mostRows || (memory === 'small' && bits <= 4);
}

function span({ inputs: [{ quantMin, quantMax }] }: DenseOp): number {
  return quantMax - quantMin;
}
