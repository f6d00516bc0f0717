import { checkMacs, checkWeightedAccumulator } from '../checks/checkAccumulator.js';
import { activation, byteActivation } from '../checks/checkActivation.js';
import { checkBias, int32Array } from '../checks/checkBias.js';
import { type FieldChecks, checkFields, integer, listOf, oneOf, optional } from '../checks/checkFields.js';
import { checkOutputShape, checkRank, imageAxes } from '../checks/checkOutput.js';
import { checkRequantization, requantization } from '../checks/checkRequantization.js';
import { elementCount, maxTensorBytes, shapeMismatch } from '../checks/checkShape.js';
import { checkFits, valuePadding, windowPair } from '../checks/checkWindow.js';
import { weights } from '../checks/checkWeights.js';
import type { Issue } from '../errors.js';
import { boundOf, checkPaddingValue, windowAxes } from './conv2d.js';
import { describeWeights, describeWindow } from './describe.js';
import { partialSumBound } from './partialSumBound.js';
import { withBatchSize } from './withBatchSize.js';
import { convolutionOutputSize } from './window.js';
import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { Weights } from '../weights.js';
import type { Padding } from './conv2d.js';
import type { OpBase, OpDefinition } from './op.js';

/**
 * Depthwise 2-D convolution: output channel `c * channelMultiplier + m` sees input channel `c` alone.
 *
 * - input `[batch, height, width, channels]`, weights `[channels * channelMultiplier, kernelHeight, kernelWidth]`,
 *   bias `[channels * channelMultiplier]`.
 */
export interface DepthwiseConv2dOp extends OpBase<'depthwiseConv2d'> {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly bias?: Int32Array;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: Padding;
  readonly channelMultiplier: number;
  readonly requantization: Requantization;
}

const fields: FieldChecks = {
  op: oneOf('depthwiseConv2d'),
  inputs: listOf(byteActivation, 1, 1),
  output: activation,
  weights,
  bias: optional(int32Array),
  strides: windowPair,
  dilations: windowPair,
  padding: valuePadding,
  channelMultiplier: integer(1, maxTensorBytes),
  requantization,
};

/** What a depthwise convolution answers for itself. */
export const depthwiseConv2d: OpDefinition<DepthwiseConv2dOp> = {
  name: 'depthwiseConv2d',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const shapeIssues = checkOperands(op);
    if (shapeIssues.length > 0) return [...shapeIssues, ...checkChannels(op)];
    return [
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkChannels(op),
      ...checkWeightedAccumulator(op, () => this.accumulatorBound(op)),
      ...checkMacs(this.macs(op)),
    ];
  },
  outputShape(op) {
    const { vertical, horizontal } = windowAxes(op);
    return [
      op.inputs[0].shape[0],
      convolutionOutputSize(vertical),
      convolutionOutputSize(horizontal),
      op.weights.shape[0],
    ];
  },
  accumulatorBound: (op) => boundOf(op),
  partialSumBound,
  macs: (op) => elementCount(op.output.shape) * elementCount(op.weights.shape.slice(1)),
  describe: ({ weights: { shape, bits, code }, strides, dilations, inputs }) =>
    `${describeWindow([shape[1], shape[2]], strides, dilations)} depthwise, ${inputs[0].shape[3]} -> ${shape[0]}, ` +
    describeWeights({ bits, code }),
  withBatch: withBatchSize,
};

function checkOperands(op: DepthwiseConv2dOp): Issue[] {
  const [input] = op.inputs;
  const { shape } = op.weights;
  const issues = checkRank(input, 'inputs[0]', imageAxes);
  if (shape.length !== 3) {
    const axes = '[channels * channelMultiplier, kernelHeight, kernelWidth]';
    issues.push(shapeMismatch('weights.shape', shape, axes, 'store the weights output channel first'));
  }
  if (issues.length > 0) return issues;
  const channels = input.shape[3];
  if (shape[0] !== channels * op.channelMultiplier) {
    const expected = `channels * channelMultiplier = ${channels} * ${op.channelMultiplier} output channels`;
    issues.push(shapeMismatch('weights.shape', shape, expected, 'give every output channel its weights'));
  }
  const { vertical, horizontal } = windowAxes(op);
  return [
    ...issues,
    ...checkPaddingValue(op),
    ...checkFits(vertical, 'height'),
    ...checkFits(horizontal, 'width'),
  ];
}

function checkChannels({
  bias,
  weights: { shape },
  requantization: how,
  output,
}: DepthwiseConv2dOp): Issue[] {
  return [...checkBias(bias, shape[0]), ...checkRequantization(how, shape[0], output)];
}
