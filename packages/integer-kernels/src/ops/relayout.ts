import { activation } from '../checks/checkActivation.js';
import { type FieldChecks, checkFields, listOf, oneOf } from '../checks/checkFields.js';
import { checkContainsRange, checkOutputShape, checkSameEncoding } from '../checks/checkOutput.js';
import { storedMagnitude } from './activationMagnitude.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { OpBase, OpDefinition } from './op.js';

/** The same tensor in another memory layout. Inserted by the memory plan, never stored in a model. */
export interface RelayoutOp extends OpBase<'relayout'> {
  readonly inputs: readonly [ActivationSpec];
}

const fields: FieldChecks = {
  op: oneOf('relayout'),
  inputs: listOf(activation, 1, 1),
  output: activation,
};

/** What a change of memory layout answers for itself. */
export const relayout: OpDefinition<RelayoutOp> = {
  name: 'relayout',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const [input] = op.inputs;
    return [
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkSameEncoding(input, op.output),
      ...checkContainsRange(input, op.output),
    ];
  },
  outputShape: ({ inputs: [input] }) => [...input.shape],
  accumulatorBound: ({ inputs: [input] }) => ({ magnitude: storedMagnitude(input), channel: 0 }),
  macs: () => 0,
  describe: ({ inputs: [input] }) => `relayout, ${input.shape.slice(1).join('x')}`,
  withBatch: withBatchSize,
};
