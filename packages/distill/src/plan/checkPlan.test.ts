import { BnfreeError } from '@bnfree/core';
import { describe, expect, test } from '@jest/globals';
import { checkPlan } from './checkPlan.js';
import { decodePlan, encodePlan } from './encodePlan.js';
import { planCost } from './planCost.js';
import type { PlannedLayer, PlannedStructure, StudentPlan } from './studentPlan.js';

const padding = { top: 1, bottom: 1, left: 1, right: 1 };
const conv: PlannedLayer = {
  kind: 'layer',
  stage: 'planned',
  name: 'conv1',
  input: 'image',
  operation: { kind: 'conv2d', kernel: [3, 3], strides: [1, 1], dilations: [1, 1], padding, groups: 1 },
  tap: 'relu1',
  teacherNodes: ['conv1', 'relu1'],
  activation: 'relu',
  inputShape: [8, 8, 3],
  outputShape: [8, 8, 5],
  weights: { bits: 3, code: 'twosComplement' },
  activations: { bits: 4 },
  requantization: 'perLayer',
};
const flatten: PlannedStructure = {
  kind: 'structure',
  name: 'flatten',
  input: 'conv1',
  inputShape: [8, 8, 5],
  outputShape: [320],
  operation: { kind: 'reshape' },
};
const dense: PlannedLayer = {
  ...conv,
  name: 'fc',
  input: 'flatten',
  operation: { kind: 'dense' },
  tap: 'fc',
  teacherNodes: ['fc'],
  activation: 'linear',
  inputShape: [320],
  outputShape: [2],
  weights: { bits: 8, code: 'twosComplement' },
  activations: null,
  requantization: 'divide',
};
const plan: StudentPlan = {
  name: 'small',
  inputs: [
    {
      kind: 'input',
      name: 'image',
      shape: [8, 8, 3],
      zeroPoint: 128,
      scale: { numerator: 1, denominator: 128 },
    },
  ],
  nodes: [conv, flatten, dense],
  outputs: ['fc'],
  classes: ['cat', 'dog'],
};
const withNodes = (...nodes: unknown[]) => ({ ...plan, nodes });
const found = (value: unknown) => checkPlan(value).map(({ path, fix }) => `${path}: ${fix}`);

describe('checkPlan', () => {
  test('accepts a plan', () => {
    expect(checkPlan(plan)).toEqual([]);
  });

  test('finds broken connections', () => {
    expect(found(withNodes(conv, { ...flatten, input: 'conv2' }, dense))).toEqual([
      'plan.nodes[0] "conv1": remove the node, or add \'conv1\' to outputs',
      'plan.nodes[1] "flatten".input: input: \'conv1\'',
    ]);
    expect(found(withNodes(conv, dense, flatten)).join()).toContain('plan.nodes[1] "fc".input');
    expect(
      found(withNodes(conv, { ...flatten, name: 'conv1' }, { ...dense, input: 'conv1' })).join(),
    ).toContain("name: 'conv1_2'");
  });

  test('finds shapes that do not follow from one another', () => {
    expect(found(withNodes({ ...conv, outputShape: [6, 8, 5] }, flatten, dense))).toEqual([
      'plan.nodes[0] "conv1".outputShape: outputShape: [8, 8, 5]',
      'plan.nodes[1] "flatten".inputShape: inputShape: [6, 8, 5]',
    ]);
    expect(
      found(withNodes(conv, { ...flatten, outputShape: [321] }, { ...dense, inputShape: [321] })),
    ).toEqual([
      'plan.nodes[1] "flatten".inputShape: inputShape: [height, width, channels] that holds the window',
    ]);
  });

  test('only an output that nothing takes may be int32 sums', () => {
    expect(found({ ...plan, outputs: ['flaten'] })).toEqual([
      'plan.nodes[2] "fc": remove the node, or add \'fc\' to outputs',
      "plan.outputs[0]: 'flatten'",
      'plan.nodes[2] "fc".activations: activations: { bits: 8 }',
    ]);
    expect(found({ ...plan, outputs: [] })).toContain("plan.outputs: outputs: ['fc']");
    expect(found({ ...plan, outputs: ['fc', 'fc'] })).toEqual(['plan.outputs[1]: name it once']);
    expect(found({ ...plan, outputs: ['fc', 'conv1'] })).toEqual([]);
    expect(found(withNodes(conv, flatten, { ...dense, activations: { bits: 8 } }))).toEqual([]);
    expect(
      found({ ...withNodes({ ...conv, activations: null }, flatten, dense), outputs: ['fc', 'conv1'] }),
    ).toEqual([
      'plan.nodes[0] "conv1".activations: activations: { bits: 8 }',
      'plan.nodes[0] "conv1".activations: activations: { bits: 8 }',
    ]);
    expect(found({ ...plan, classes: ['cat'] })).toEqual(['plan.classes: classes: []']);
  });

  test('finds wrong keys, types and ranges first', () => {
    expect(found(withNodes({ ...conv, weights: { bits: 9, code: 'sign' }, activaton: 'relu' }))).toEqual([
      'plan.nodes[0].activaton: did you mean "activation"?',
      'plan.nodes[0].weights.bits: bits: 8',
    ]);
    expect(found(withNodes({ ...conv, weights: { bits: 2, code: 'sign' } }, flatten, dense))).toEqual([
      'plan.nodes[0] "conv1".weights: weights: { bits: 2, code: \'twosComplement\' }',
    ]);
    expect(found(withNodes({ ...conv, operation: { kind: 'conv3d' } }))).toEqual([
      "plan.nodes[0].operation.kind: kind: 'conv2d'",
    ]);
    for (const value of [null, 3, [], {}, { ...plan, nodes: [null] }])
      expect(checkPlan(value)).not.toEqual([]);
  });
});

describe('decodePlan', () => {
  test('gives back what encodePlan wrote', () => {
    expect(decodePlan(encodePlan(plan))).toEqual(plan);
  });

  test('refuses text that is no plan', () => {
    expect(() => decodePlan('{')).toThrow(BnfreeError);
    expect(() => decodePlan(encodePlan({ ...plan, outputs: ['conv9'] }))).toThrow(
      'INVALID_PLAN at plan.nodes[2]',
    );
  });
});

describe('planCost', () => {
  test('counts multiplications, weights and packed bytes by hand', () => {
    const cost = planCost(plan);
    expect(cost.layers).toEqual([
      {
        name: 'conv1',
        description: 'conv2d 3x3, 3 -> 5',
        outputShape: [8, 8, 5],
        weightBits: 3,
        activationBits: 4,
        macs: 8 * 8 * 5 * 27,
        weightCount: 135,
        weightByteLength: 5 * 11,
        biasByteLength: 20,
        floatByteLength: 560,
      },
      {
        name: 'fc',
        description: 'dense, 320 -> 2',
        outputShape: [2],
        weightBits: 8,
        activationBits: null,
        macs: 640,
        weightCount: 640,
        weightByteLength: 640,
        biasByteLength: 0,
        floatByteLength: 2568,
      },
    ]);
    expect(cost).toMatchObject({ macs: 9280, weightCount: 775, byteLength: 715, floatByteLength: 3128 });
  });
});
