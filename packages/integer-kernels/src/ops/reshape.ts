import { activation } from '../checks/checkActivation.js';
import { type FieldChecks, checkFields, listOf, oneOf } from '../checks/checkFields.js';
import { checkContainsRange, checkSameEncoding } from '../checks/checkOutput.js';
import { elementCount, shapeMismatch } from '../checks/checkShape.js';
import type { Issue } from '../errors.js';
import { storedMagnitude } from './activationMagnitude.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { OpBase, OpDefinition } from './op.js';

/** The same values in another shape, in row-major order; flatten is the case of output rank 2. The batch axis stays. */
export interface ReshapeOp extends OpBase<'reshape'> {
  readonly inputs: readonly [ActivationSpec];
}

const fields: FieldChecks = {
  op: oneOf('reshape'),
  inputs: listOf(activation, 1, 1),
  output: activation,
};

/** What a change of shape answers for itself. */
export const reshape: OpDefinition<ReshapeOp> = {
  name: 'reshape',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const [input] = op.inputs;
    return [
      ...checkSize(op),
      ...checkSameEncoding(input, op.output),
      ...checkContainsRange(input, op.output),
    ];
  },
  // The operands leave the shape open; the op states it, and check compares the sizes.
  outputShape: ({ output }) => [...output.shape],
  accumulatorBound: ({ inputs: [input] }) => ({ magnitude: storedMagnitude(input), channel: 0 }),
  macs: () => 0,
  describe: ({ inputs: [input], output }) =>
    `reshape, ${input.shape.slice(1).join('x')} -> ${output.shape.slice(1).join('x')}`,
  withBatch: withBatchSize,
};

function checkSize({ inputs: [input], output }: ReshapeOp): Issue[] {
  const isBatchKept = input.shape[0] === output.shape[0];
  if (isBatchKept && elementCount(input.shape) === elementCount(output.shape)) return [];
  const expected = `batch ${input.shape[0]} and ${elementCount(input.shape)} elements, as in inputs[0]`;
  return [
    shapeMismatch('output.shape', output.shape, expected, 'keep the first axis and the number of elements'),
  ];
}
