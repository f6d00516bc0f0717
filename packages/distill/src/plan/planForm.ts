import type { Issue } from '@bnfree/core';
import { functionConstants } from '../functions/pointwiseFunction.js';
import { bitsCheck, codeCheck, rationalCheck, schemeCheck } from './checkPlanOptions.js';
import {
  arrayOf,
  finite,
  integer,
  nullable,
  object,
  oneOf,
  optional,
  taggedObject,
  text,
  type CheckCodes,
} from './valueCheck.js';

const planCodes: CheckCodes = { unknownKey: 'INVALID_PLAN', invalid: 'INVALID_PLAN' };

const size = integer(1, 2 ** 24);
const count = integer(0, 2 ** 16);
const shape = arrayOf(size);
const pair = arrayOf(integer(1, 2 ** 16), 2);
const padding = object({ top: count, bottom: count, left: count, right: count });
const window = { kernel: pair, strides: pair, padding };

const layerOperation = taggedObject({
  conv2d: { ...window, dilations: pair, groups: size },
  depthwiseConv2d: { ...window, dilations: pair, channelMultiplier: size },
  dense: {},
  affine: {},
});

const structureOperation = taggedObject({
  maxPool2d: window,
  averagePool2d: window,
  globalAveragePool2d: {},
  reshape: {},
});

const place = { name: text, input: text, inputShape: shape, outputShape: shape };

const activationName = oneOf('linear', 'relu', 'relu6');

const form = taggedObject(
  Object.fromEntries(
    Object.entries(functionConstants).map(([kind, constants]) => [
      kind,
      Object.fromEntries(constants.map((name) => [name, finite])),
    ]),
  ),
);

const activations = object({ bits: bitsCheck, step: optional(rationalCheck) });

const node = taggedObject({
  layer: {
    ...place,
    stage: oneOf('planned'),
    operation: layerOperation,
    tap: text,
    teacherNodes: arrayOf(text),
    activation: activationName,
    weights: object({ bits: bitsCheck, code: codeCheck }),
    activations: nullable(activations),
    requantization: schemeCheck,
  },
  structure: { ...place, operation: structureOperation },
  merge: {
    name: text,
    inputs: arrayOf(text),
    inputShapes: arrayOf(shape),
    outputShape: shape,
    operation: taggedObject({ add: {}, concat: {}, lookup: { form } }),
    tap: text,
    teacherNodes: arrayOf(text),
    activation: activationName,
    activations,
  },
});

const plan = object({
  name: text,
  inputs: arrayOf(
    object({
      kind: oneOf('input'),
      name: text,
      shape,
      zeroPoint: integer(0, 255),
      scale: rationalCheck,
    }),
  ),
  nodes: arrayOf(node),
  outputs: arrayOf(text),
  classes: arrayOf(text),
});

/** Problems of a value's form as a plan: keys, types, ranges. Never throws. */
export function planFormIssues(value: unknown): Issue[] {
  return plan(value, 'plan', planCodes);
}
