import { activation } from '../checks/checkActivation.js';
import { type FieldChecks, checkFields, listOf, oneOf } from '../checks/checkFields.js';
import { checkOutputShape } from '../checks/checkOutput.js';
import { checkRequantization, requantization } from '../checks/checkRequantization.js';
import { differenceMagnitude } from './activationMagnitude.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { OpBase, OpDefinition } from './op.js';

/** Gives a tensor another scale, zero point, range or type: `clamp(zeroPoint + requantize(input - inputZeroPoint))`. */
export interface RequantizeOp extends OpBase<'requantize'> {
  readonly inputs: readonly [ActivationSpec];
  readonly requantization: Requantization;
}

const fields: FieldChecks = {
  op: oneOf('requantize'),
  inputs: listOf(activation, 1, 1),
  output: activation,
  requantization,
};

/** What a change of scale answers for itself. */
export const requantize: OpDefinition<RequantizeOp> = {
  name: 'requantize',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const channels = op.inputs[0].shape[op.inputs[0].shape.length - 1];
    return [
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkRequantization(op.requantization, channels, op.output),
    ];
  },
  outputShape: ({ inputs: [input] }) => [...input.shape],
  accumulatorBound: ({ inputs: [input] }) => ({ magnitude: differenceMagnitude(input), channel: 0 }),
  macs: () => 0,
  describe: ({ inputs: [input], output }) => `requantize, ${input.type} -> ${output.type}`,
  withBatch: withBatchSize,
};
