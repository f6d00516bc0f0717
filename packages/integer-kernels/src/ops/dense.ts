import { checkMacs, checkWeightedAccumulator } from '../checks/checkAccumulator.js';
import { activation, byteActivation } from '../checks/checkActivation.js';
import { checkBias, int32Array } from '../checks/checkBias.js';
import { type FieldChecks, checkFields, listOf, oneOf, optional } from '../checks/checkFields.js';
import { checkOutputShape, checkRank } from '../checks/checkOutput.js';
import { checkRequantization, requantization } from '../checks/checkRequantization.js';
import { shapeMismatch } from '../checks/checkShape.js';
import { weights } from '../checks/checkWeights.js';
import type { Issue } from '../errors.js';
import { activationMagnitude } from './activationMagnitude.js';
import { channelBounds } from './channelBounds.js';
import { describeWeights } from './describe.js';
import { partialSumBound } from './partialSumBound.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { Weights } from '../weights.js';
import type { AccumulatorBound, OpBase, OpDefinition } from './op.js';

/** Fully connected layer: input `[batch, features]`, constant weights `[units, features]`, output `[batch, units]`. */
export interface DenseOp extends OpBase<'dense'> {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly bias?: Int32Array;
  readonly requantization: Requantization;
}

const fields: FieldChecks = {
  op: oneOf('dense'),
  inputs: listOf(byteActivation, 1, 1),
  output: activation,
  weights,
  bias: optional(int32Array),
  requantization,
};

/** What a fully connected layer answers for itself. */
export const dense: OpDefinition<DenseOp> = {
  name: 'dense',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const shapeIssues = checkOperands(op);
    if (shapeIssues.length > 0) return [...shapeIssues, ...checkUnits(op)];
    return [
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkUnits(op),
      ...checkWeightedAccumulator(op, () => this.accumulatorBound(op)),
      ...checkMacs(this.macs(op)),
    ];
  },
  outputShape: ({ inputs: [input], weights: { shape } }) => [input.shape[0], shape[0]],
  accumulatorBound: boundOf,
  partialSumBound,
  macs: ({ inputs: [input], weights: { shape } }) => input.shape[0] * shape[0] * shape[1],
  describe: ({ weights: { shape, bits, code } }) =>
    `dense, ${shape[1]} -> ${shape[0]}, ${describeWeights({ bits, code })}`,
  withBatch: withBatchSize,
};

function boundOf({ inputs: [input], weights, bias }: DenseOp): AccumulatorBound {
  const bounds = channelBounds(weights, activationMagnitude(input), bias);
  const magnitude = bounds.reduce((largest, bound) => Math.max(largest, bound));
  return { magnitude, channel: bounds.indexOf(magnitude) };
}

function checkOperands({ inputs: [input], weights: { shape } }: DenseOp): Issue[] {
  const issues = checkRank(input, 'inputs[0]', ['batch', 'features']);
  if (shape.length !== 2) {
    issues.push(
      shapeMismatch('weights.shape', shape, '[units, features]', 'store one row of weights per unit'),
    );
  }
  if (issues.length > 0 || input.shape[1] === shape[1]) return issues;
  const expected = `${input.shape[1]} features, as in inputs[0].shape`;
  return [shapeMismatch('weights.shape', shape, expected, 'give every input feature its weight')];
}

function checkUnits({ bias, weights: { shape }, requantization: how, output }: DenseOp): Issue[] {
  return [...checkBias(bias, shape[0]), ...checkRequantization(how, shape[0], output)];
}
