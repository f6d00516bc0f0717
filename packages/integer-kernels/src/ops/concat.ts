import { activation } from '../checks/checkActivation.js';
import { type FieldChecks, checkFields, integer, listOf, oneOf } from '../checks/checkFields.js';
import { checkOutputShape } from '../checks/checkOutput.js';
import { rescale, rounding } from '../checks/checkRequantization.js';
import { shapeMismatch } from '../checks/checkShape.js';
import type { Issue } from '../errors.js';
import { differenceMagnitude } from './activationMagnitude.js';
import { withBatchSize } from './withBatchSize.js';
import type { Rescale, Rounding } from '../requantization.js';
import type { OpBase, OpDefinition } from './op.js';

/** Concatenation along `axis` (not the batch); each input rescaled: `clamp(zeroPoint + requantize(x - zeroPoint_i, rescales[i]))`. */
export interface ConcatOp extends OpBase<'concat'> {
  /** 1 .. rank - 1. */
  readonly axis: number;
  /** One per input. */
  readonly rescales: readonly Rescale[];
  readonly rounding: Rounding;
}

const maxOperands = 1024;

const fields: FieldChecks = {
  op: oneOf('concat'),
  inputs: listOf(activation, 1, maxOperands),
  output: activation,
  axis: integer(1, 7),
  rescales: listOf(rescale, 1, maxOperands),
  rounding,
};

/** What a concatenation answers for itself. */
export const concat: OpDefinition<ConcatOp> = {
  name: 'concat',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const shapeIssues = checkOperands(op);
    return shapeIssues.length > 0 ? shapeIssues : checkOutputShape(op.output, this.outputShape(op));
  },
  outputShape: ({ inputs, axis }) =>
    inputs[0].shape.map((size, i) =>
      i === axis ? inputs.reduce((sum, { shape }) => sum + shape[axis], 0) : size,
    ),
  accumulatorBound: ({ inputs }) => ({ magnitude: Math.max(...inputs.map(differenceMagnitude)), channel: 0 }),
  macs: () => 0,
  describe: ({ inputs, axis }) => `concat of ${inputs.length} along axis ${axis}`,
  withBatch: withBatchSize,
};

function checkOperands({ inputs, rescales, axis }: ConcatOp): Issue[] {
  const issues: Issue[] = [];
  const first = inputs[0].shape;
  if (axis >= first.length) {
    issues.push({
      code: 'INVALID_VALUE',
      path: 'axis',
      message: `got ${axis}, expected 1 .. ${first.length - 1}`,
      fix: 'the batch axis cannot be concatenated; the channels are the last axis',
    });
  }
  if (rescales.length !== inputs.length) {
    issues.push({
      code: 'WRONG_LENGTH',
      path: 'rescales',
      message: `got ${rescales.length} entries, expected ${inputs.length}, one per input`,
      fix: 'use {multiplier: 1, shift: 0} for inputs that keep their scale',
    });
  }
  inputs.forEach(({ shape }, i) => {
    if (shape.length === first.length && shape.every((size, j) => j === axis || size === first[j])) return;
    const expected = `[${first.join(', ')}] but for axis ${axis}`;
    issues.push(shapeMismatch(`inputs[${i}].shape`, shape, expected, 'make all other axes equal'));
  });
  return issues;
}
