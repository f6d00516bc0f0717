import { denseRequest } from '../../memory/tensorLayout.js';
import type { DenseOp } from '../../ops/dense.js';
import { denseConvolution } from '../matrix/denseConvolution.js';
import { directGain } from '../matrix/matrixCandidates.js';
import type { KernelCandidate, KernelTarget } from '../wasmKernel.js';
import { planDotRows } from './planDotRows.js';
import { planLookUp } from './planLookUp.js';
import { UNIT_ROWS } from './tableShape.js';

/** Rows of a batch up to which packed weights are faster than a matrix product of widened ones. */
const MOST_ROWS = 3;
/** The same where widened weights would come from memory, not from a cache. */
const MOST_ROWS_OF_LARGE = 8;
const LARGE_WEIGHTS = 1 << 20;
/** Tables of one-bit weights and activations of so many levels beat any product, however many rows there are, from so many weights on. */
const FEW_LEVELS = { least: 3, most: 16 };
const TABLE_WEIGHTS = 1 << 17;
/** How much faster than products of int16 the direct kernels must be: to count bits rather than look them up, */
const COUNTED_GAIN = 3;
/** and to take up twice the bytes of packed weights. */
const WIDENED_GAIN = 1.5;

const request: KernelCandidate<'dense'>['request'] = () => ({ inputs: [denseRequest], output: denseRequest });

/** Dense layers of few rows, whose weights stay packed and pass once: by tables, by relaxed and by plain dot products. */
export const gemvCandidates: readonly KernelCandidate<'dense'>[] = [
  {
    name: 'gemvTables',
    supports: ({ weights }) => weights.bits <= 2,
    suits: (op, target) =>
      (isGemv(op, target) || isTable(op)) &&
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
    suits: (op, target) =>
      isGemv(op, target) && (target.memory === 'small' || !isBeaten(op, target, WIDENED_GAIN)),
    request,
    plan: (op, layouts) => planDotRows(op, layouts, false),
  },
];

function isGemv(op: DenseOp, target: KernelTarget): boolean {
  const {
    inputs: [input],
    weights: { shape, bits },
  } = op;
  const isLarge = shape[0] * shape[1] >= LARGE_WEIGHTS;
  const mostRows = isLarge ? MOST_ROWS_OF_LARGE : MOST_ROWS;
  const isFew = input.shape[0] <= mostRows || (target.memory === 'small' && bits <= 4);
  return isFew && !isBeaten(op, target, COUNTED_GAIN);
}

function isTable(op: DenseOp): boolean {
  const [units, features] = op.weights.shape;
  const levels = span(op) + 1;
  const isFew = levels >= FEW_LEVELS.least && levels <= FEW_LEVELS.most;
  return op.weights.bits === 1 && isFew && units * features >= TABLE_WEIGHTS;
}

/** Whether direct kernels gain so much that they are faster from a few rows on. */
function isBeaten(op: DenseOp, target: KernelTarget, gain: number): boolean {
  return op.inputs[0].shape[0] > MOST_ROWS && directGain(denseConvolution(op), target) > gain;
}

function span({ inputs: [{ quantMin, quantMax }] }: DenseOp): number {
  return quantMax - quantMin;
}
