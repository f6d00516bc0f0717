import { requantize } from '../arithmetic/requantize.js';
import { checkAccumulator } from '../checks/checkAccumulator.js';
import { activation } from '../checks/checkActivation.js';
import { type FieldChecks, checkFields, integer, listOf, oneOf } from '../checks/checkFields.js';
import { checkOutputShape } from '../checks/checkOutput.js';
import { rescale, rounding } from '../checks/checkRequantization.js';
import { isSameShape, shapeMismatch } from '../checks/checkShape.js';
import type { Issue } from '../errors.js';
import { activationMagnitude, differenceMagnitude } from './activationMagnitude.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { Rescale, Rounding } from '../requantization.js';
import type { OpBase, OpDefinition } from './op.js';

/**
 * Sum of two tensors of one shape, each brought to a common scale first:
 * `acc = requantize((a - zA) << leftShift, rescales[0]) + requantize((b - zB) << leftShift, rescales[1])`,
 * `output = clamp(zeroPoint + requantize(acc, outputRescale))`. With shift 0 in `rescales` the products are exact and the
 * only rounding is the last one (the project's form); TFLite and CMSIS-NN use leftShift 20 and gemmlowp rounding.
 */
export interface AddOp extends OpBase<'add'> {
  readonly inputs: readonly [ActivationSpec, ActivationSpec];
  /** 0 .. 20. */
  readonly leftShift: number;
  readonly rescales: readonly [Rescale, Rescale];
  readonly outputRescale: Rescale;
  readonly rounding: Rounding;
}

const fields: FieldChecks = {
  op: oneOf('add'),
  inputs: listOf(activation, 2, 2),
  output: activation,
  leftShift: integer(0, 20),
  rescales: listOf(rescale, 2, 2),
  outputRescale: rescale,
  rounding,
};

/** What an addition answers for itself. */
export const add: OpDefinition<AddOp> = {
  name: 'add',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const bound = this.accumulatorBound(op);
    return [
      ...checkShapes(op),
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkAccumulator(bound),
    ];
  },
  outputShape: ({ inputs: [a] }) => [...a.shape],
  accumulatorBound(op) {
    // Where nothing is shifted, the difference is an int32 by itself, -2^31 included.
    const shifted = op.inputs.map((input) =>
      op.leftShift === 0 ? differenceMagnitude(input) : activationMagnitude(input) * 2 ** op.leftShift,
    );
    const sum = largestTerm(op, 0) + largestTerm(op, 1);
    return { magnitude: Math.max(...shifted, sum), channel: 0 };
  },
  macs: () => 0,
  describe: ({ inputs: [a] }) => `add, ${a.shape.slice(1).join('x')}`,
  withBatch: withBatchSize,
};

/** Largest magnitude of one rescaled operand: rescaling is monotone, so that it is reached at an end of the range. */
function largestTerm({ inputs, leftShift, rescales, rounding: mode }: AddOp, operand: 0 | 1): number {
  const { quantMin, quantMax, zeroPoint } = inputs[operand];
  const factor = { ...rescales[operand], rounding: mode };
  const ends = [quantMin, quantMax].map((stored) => (stored - zeroPoint) * 2 ** leftShift);
  // An operand that overflows by its shift alone is reported as such.
  if (ends.some((end) => end !== (end | 0))) return 0;
  return Math.max(...ends.map((end) => Math.abs(requantize(end, factor))));
}

function checkShapes({ inputs: [a, b] }: AddOp): Issue[] {
  if (isSameShape(a.shape, b.shape)) return [];
  const expected = `[${a.shape.join(', ')}] as in inputs[0]`;
  return [
    shapeMismatch(
      'inputs[1].shape',
      b.shape,
      expected,
      'give both operands one shape: add does not broadcast',
    ),
  ];
}
