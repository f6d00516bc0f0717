import { checkMacs, checkWeightedAccumulator } from '../checks/checkAccumulator.js';
import { byteActivation, activation } from '../checks/checkActivation.js';
import { checkBias, int32Array } from '../checks/checkBias.js';
import { type FieldChecks, checkFields, integer, listOf, oneOf, optional } from '../checks/checkFields.js';
import { checkOutputShape, checkRank, imageAxes } from '../checks/checkOutput.js';
import { checkRequantization, requantization } from '../checks/checkRequantization.js';
import { elementCount, maxTensorBytes, shapeMismatch } from '../checks/checkShape.js';
import { checkFits, valuePadding, windowPair } from '../checks/checkWindow.js';
import { weights } from '../checks/checkWeights.js';
import type { Issue } from '../errors.js';
import { activationMagnitude } from './activationMagnitude.js';
import { convolutionBound } from './convolutionBound.js';
import { describeWeights, describeWindow } from './describe.js';
import { partialSumBound } from './partialSumBound.js';
import { withBatchSize } from './withBatchSize.js';
import { type WindowAxis, convolutionOutputSize } from './window.js';
import { type ActivationSpec, elementRange } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { Weights } from '../weights.js';
import type { AccumulatorBound, OpBase, OpDefinition } from './op.js';

/** Rows and columns added around an image, and the stored value that stands there. */
export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** Stored value of the padding; the input's zero point unless the model says otherwise. */
  readonly value: number;
}

/**
 * 2-D convolution: `acc[n,y,x,o] = bias[o] + sum (input[...] - zeroPoint) * weight[o,ky,kx,i]`.
 *
 * - input `[batch, height, width, channels]`, weights `[outputChannels, kernelHeight, kernelWidth, channels / groups]`,
 *   bias `[outputChannels]`, output `[batch, outputHeight, outputWidth, outputChannels]`.
 */
export interface Conv2dOp extends OpBase<'conv2d'> {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly bias?: Int32Array;
  /** `[height, width]`. */
  readonly strides: readonly [number, number];
  /** `[height, width]`; 1 is an ordinary kernel. */
  readonly dilations: readonly [number, number];
  readonly padding: Padding;
  readonly groups: number;
  readonly requantization: Requantization;
}

const fields: FieldChecks = {
  op: oneOf('conv2d'),
  inputs: listOf(byteActivation, 1, 1),
  output: activation,
  weights,
  bias: optional(int32Array),
  strides: windowPair,
  dilations: windowPair,
  padding: valuePadding,
  groups: integer(1, maxTensorBytes),
  requantization,
};

/** What a 2-D convolution answers for itself. */
export const conv2d: OpDefinition<Conv2dOp> = {
  name: 'conv2d',
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
  describe: ({ weights: { shape, bits, code }, strides, dilations, groups, inputs }) =>
    `${describeWindow([shape[1], shape[2]], strides, dilations)} conv, ${inputs[0].shape[3]} -> ${shape[0]}` +
    `${groups > 1 ? `, ${groups} groups` : ''}, ${describeWeights({ bits, code })}`,
  withBatch: withBatchSize,
};

/** The two window axes of a convolution whose weights are `[outputChannels, kernelHeight, kernelWidth, ...]`. */
export function windowAxes({
  inputs: [input],
  weights: { shape },
  strides,
  dilations,
  padding,
}: Pick<Conv2dOp, 'inputs' | 'weights' | 'strides' | 'dilations' | 'padding'>): {
  readonly vertical: WindowAxis;
  readonly horizontal: WindowAxis;
} {
  return {
    vertical: {
      inputSize: input.shape[1],
      kernel: shape[1],
      stride: strides[0],
      dilation: dilations[0],
      before: padding.top,
      after: padding.bottom,
    },
    horizontal: {
      inputSize: input.shape[2],
      kernel: shape[2],
      stride: strides[1],
      dilation: dilations[1],
      before: padding.left,
      after: padding.right,
    },
  };
}

/** Worst accumulator of a plain or depthwise convolution. */
export function boundOf(
  op: Pick<Conv2dOp, 'inputs' | 'weights' | 'bias' | 'strides' | 'dilations' | 'padding'>,
): AccumulatorBound {
  return convolutionBound({
    ...windowAxes(op),
    weights: op.weights,
    bias: op.bias,
    inputMagnitude: activationMagnitude(op.inputs[0]),
    paddingMagnitude: Math.abs(op.padding.value - op.inputs[0].zeroPoint),
  });
}

/** Checks that the padding's value can be stored in the input. */
export function checkPaddingValue({
  inputs: [input],
  padding,
}: Pick<Conv2dOp, 'inputs' | 'padding'>): Issue[] {
  const { min, max } = elementRange[input.type];
  return integer(min, max)(padding.value, 'padding.value');
}

function checkOperands(op: Conv2dOp): Issue[] {
  const [input] = op.inputs;
  const { shape } = op.weights;
  const issues = checkRank(input, 'inputs[0]', imageAxes);
  if (shape.length !== 4) {
    const axes = '[outputChannels, kernelHeight, kernelWidth, channels / groups]';
    issues.push(
      shapeMismatch(
        'weights.shape',
        shape,
        axes,
        'store the weights output channel first, input channel last',
      ),
    );
  }
  if (issues.length > 0) return issues;
  issues.push(...checkPaddingValue(op), ...checkGroups(op));
  const { vertical, horizontal } = windowAxes(op);
  return [...issues, ...checkFits(vertical, 'height'), ...checkFits(horizontal, 'width')];
}

function checkGroups({ inputs: [input], weights: { shape }, groups }: Conv2dOp): Issue[] {
  const channels = input.shape[3];
  const issues: Issue[] = [];
  if (channels !== shape[3] * groups) {
    const expected = `${groups} groups of channels / groups = ${channels} / ${groups} input channels`;
    issues.push(shapeMismatch('weights.shape', shape, expected, 'make channels = weights.shape[3] * groups'));
  }
  if (shape[0] % groups !== 0) {
    const expected = `a number of output channels that ${groups} groups divide`;
    issues.push(
      shapeMismatch('weights.shape', shape, expected, 'choose groups that divide the output channels'),
    );
  }
  return issues;
}

function checkChannels({ bias, weights: { shape }, requantization: how, output }: Conv2dOp): Issue[] {
  return [...checkBias(bias, shape[0]), ...checkRequantization(how, shape[0], output)];
}
