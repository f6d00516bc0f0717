import { checkAccumulator } from '../checks/checkAccumulator.js';
import { activation, byteActivation } from '../checks/checkActivation.js';
import { type FieldChecks, checkFields, listOf, oneOf } from '../checks/checkFields.js';
import { checkOutputShape, checkRank, imageAxes } from '../checks/checkOutput.js';
import { checkRequantization, requantization } from '../checks/checkRequantization.js';
import { activationMagnitude } from './activationMagnitude.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { OpBase, OpDefinition } from './op.js';

/**
 * Mean over height and width: `acc[n,c] = sum (input - zeroPoint)`, then the requantisation, which holds 1 / (height * width)
 * (`{kind: 'divide', divisors: [height * width]}` for the plain mean). Output `[batch, channels]`.
 */
export interface GlobalAveragePool2dOp extends OpBase<'globalAveragePool2d'> {
  readonly inputs: readonly [ActivationSpec];
  readonly requantization: Requantization;
}

const fields: FieldChecks = {
  op: oneOf('globalAveragePool2d'),
  inputs: listOf(byteActivation, 1, 1),
  output: activation,
  requantization,
};

/** What a global average pool answers for itself. */
export const globalAveragePool2d: OpDefinition<GlobalAveragePool2dOp> = {
  name: 'globalAveragePool2d',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const rankIssues = checkRank(op.inputs[0], 'inputs[0]', imageAxes);
    if (rankIssues.length > 0) return rankIssues;
    return [
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkRequantization(op.requantization, op.inputs[0].shape[3], op.output),
      ...checkAccumulator(this.accumulatorBound(op)),
    ];
  },
  outputShape: ({ inputs: [{ shape }] }) => [shape[0], shape[3]],
  accumulatorBound: ({ inputs: [input] }) => ({
    magnitude: input.shape[1] * input.shape[2] * activationMagnitude(input),
    channel: 0,
  }),
  macs: () => 0,
  describe: ({ inputs: [{ shape }] }) => `${shape[1]}x${shape[2]} global average pool`,
  withBatch: withBatchSize,
};
