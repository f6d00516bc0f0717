import { BnfreeError } from '@bnfree/core';
import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { openTeacher } from '../teacher/openTeacher.js';
import type { Teacher } from '../teacher/teacher.js';
import { checkPlan } from './checkPlan.js';
import { decodePlan, encodePlan } from './encodePlan.js';
import type { LayerCandidate } from './planOptions.js';
import { planNotes } from './planNotes.js';
import { planIssues, planStudent } from './planStudent.js';
import { inputsOf, type PlannedLayer, type StudentPlan } from './studentPlan.js';

const { layers } = tfl;
type Layer = Parameters<tfl.Sequential['add']>[0];

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const conv = (name: string, settings: object = {}) =>
  layers.conv2d({ name, filters: 4, kernelSize: 3, padding: 'same', useBias: false, ...settings });
const bn = (name: string) => layers.batchNormalization({ name });
const relu = (name: string) => layers.reLU({ name });
const dense = (name: string, units: number, settings: object = {}) =>
  layers.dense({ name, units, ...settings });
const pool = (name: string) => layers.maxPooling2d({ name, poolSize: 2 });

function teacherOf(...chain: Layer[]): Teacher {
  const image = layers.inputLayer({ inputShape: [8, 8, 3], name: 'image' });
  return openTeacher(tfl.sequential({ name: 'small', layers: [image, ...chain] }));
}

function apply(start: tfl.SymbolicTensor, ...chain: Layer[]): tfl.SymbolicTensor {
  return chain.reduce((value, layer) => layer.apply(value) as tfl.SymbolicTensor, start);
}

function alexNetLike(): Teacher {
  return teacherOf(
    conv('conv1'),
    bn('bn1'),
    relu('relu1'),
    pool('pool1'),
    layers.flatten({ name: 'flatten' }),
    dense('fc2', 6),
    bn('bn2'),
    relu('relu2'),
    layers.dropout({ name: 'drop2', rate: 0.5 }),
    dense('fc3', 5),
    layers.softmax({ name: 'softmax', axis: -1 }),
  );
}

const layersOf = (plan: StudentPlan) =>
  plan.nodes.filter((node): node is PlannedLayer => node.kind === 'layer');
const chainOf = ({ inputs, nodes }: StudentPlan) =>
  [...inputs.map(({ name }) => name), ...nodes.map((node) => `${node.name}(${inputsOf(node).join()})`)].join(
    ' ',
  );
const codesOf = (teacher: Teacher, options = {}) =>
  planIssues(teacher, options).map(({ code, path }) => `${code} ${path}`);

describe('planStudent', () => {
  test('makes a layer of every block and a structure of every pool and flatten', () => {
    const teacher = alexNetLike();
    const plan = planStudent(teacher);
    expect(chainOf(plan)).toBe('image conv1(image) pool1(conv1) flatten(pool1) fc2(flatten) fc3(fc2)');
    expect(layersOf(plan).map(({ tap }) => tap)).toEqual(['relu1', 'drop2', 'fc3']);
    expect(plan.nodes[0]).toEqual({
      kind: 'layer',
      stage: 'planned',
      name: 'conv1',
      input: 'image',
      operation: {
        kind: 'conv2d',
        kernel: [3, 3],
        strides: [1, 1],
        dilations: [1, 1],
        padding: { top: 1, bottom: 1, left: 1, right: 1 },
        groups: 1,
      },
      tap: 'relu1',
      teacherNodes: ['conv1', 'bn1', 'relu1'],
      activation: 'relu',
      inputShape: [8, 8, 3],
      outputShape: [8, 8, 4],
      weights: { bits: 8, code: 'twosComplement' },
      activations: { bits: 8 },
      requantization: 'perLayer',
    });
    expect(plan.nodes[1]).toEqual({
      kind: 'structure',
      name: 'pool1',
      input: 'conv1',
      inputShape: [8, 8, 4],
      outputShape: [4, 4, 4],
      operation: {
        kind: 'maxPool2d',
        kernel: [2, 2],
        strides: [2, 2],
        padding: { top: 0, bottom: 0, left: 0, right: 0 },
      },
    });
    expect(plan.inputs[0]).toEqual({
      kind: 'input',
      name: 'image',
      shape: [8, 8, 3],
      zeroPoint: 0,
      scale: { numerator: 1, denominator: 1 },
    });
    expect(plan.outputs).toEqual(['fc3']);
    expect(layersOf(plan).at(-1)?.activations).toBeNull();
    expect(checkPlan(plan, teacher)).toEqual([]);
  });

  test('plans a stand-alone normalization as an affine layer: at the input, behind a pool, behind an activation', () => {
    const teacher = teacherOf(
      bn('bn0'),
      conv('c1', { activation: 'relu' }),
      bn('bn1'),
      pool('p1'),
      bn('bn2'),
      relu('r2'),
      layers.flatten({ name: 'flat' }),
      dense('fc', 2),
    );
    const plan = planStudent(teacher);
    expect(
      layersOf(plan).map(({ name, operation, activation }) => `${name} ${operation.kind} ${activation}`),
    ).toEqual([
      'bn0 affine linear',
      'c1 conv2d relu',
      'bn1 affine linear',
      'bn2 affine relu',
      'fc dense linear',
    ]);
    expect(checkPlan(plan, teacher)).toEqual([]);
  });

  test('ends before softmax, reshape and flatten behind the logits', () => {
    const teacher = teacherOf(
      conv('c1', { activation: 'relu' }),
      layers.globalAveragePooling2d({ name: 'gap' }),
      layers.reshape({ name: 'as-image', targetShape: [1, 1, 4] }),
      conv('head', { filters: 2, kernelSize: 1 }),
      layers.reshape({ name: 'as-vector', targetShape: [2] }),
      layers.activation({ name: 'softmax', activation: 'softmax' }),
    );
    const plan = planStudent(teacher);
    expect(chainOf(plan)).toBe('image c1(image) gap(c1) as-image(gap) head(as-image)');
    expect(plan.outputs).toEqual(['head']);
    expect(checkPlan(plan, teacher)).toEqual([]);
  });

  test('makes padding explicit as TensorFlow does: the smaller half first', () => {
    const teacher = teacherOf(
      conv('c1', { kernelSize: [3, 4], strides: 2 }),
      layers.depthwiseConv2d({ name: 'dw', kernelSize: 3, strides: 2, padding: 'same' }),
      layers.averagePooling2d({ name: 'avg', poolSize: 3, strides: 1, padding: 'same' }),
      conv('c2', { strides: 1, dilationRate: 2, padding: 'same' }),
    );
    const plan = planStudent(teacher);
    const expected = [
      tf.backend_util.computeConv2DInfo([1, 8, 8, 3], [3, 4, 3, 4], 2, 1, 'same'),
      tf.backend_util.computeConv2DInfo([1, 4, 4, 4], [3, 3, 4, 1], 2, 1, 'same', undefined, true),
      tf.backend_util.computePool2DInfo([1, 2, 2, 4], 3, 1, 1, 'same'),
      tf.backend_util.computeConv2DInfo([1, 2, 2, 4], [3, 3, 4, 4], 1, 2, 'same'),
    ];
    expect(plan.nodes).toHaveLength(4);
    plan.nodes.forEach(({ operation }, i) => {
      const { top, bottom, left, right } = expected[i].padInfo;
      expect(operation).toMatchObject({ padding: { top, bottom, left, right } });
    });
    expect(plan.nodes[0].operation).toMatchObject({ padding: { top: 0, bottom: 1, left: 1, right: 1 } });
    expect(checkPlan(plan, teacher)).toEqual([]);
  });

  test('moves zero padding into the next convolution, or max-pool of values above zero', () => {
    const zeros = (name: string) =>
      layers.zeroPadding2d({
        name,
        padding: [
          [1, 2],
          [0, 3],
        ] as never,
      });
    const teacher = teacherOf(
      zeros('z1'),
      conv('c1', { padding: 'valid', activation: 'relu' }),
      layers.zeroPadding2d({ name: 'z2', padding: 1 }),
      layers.maxPooling2d({ name: 'p', poolSize: 3, strides: 2 }),
      conv('c2'),
    );
    const plan = planStudent(teacher);
    expect(chainOf(plan)).toBe('image c1(image) p(c1) c2(p)');
    expect(plan.nodes[0].operation).toMatchObject({ padding: { top: 1, bottom: 2, left: 0, right: 3 } });
    expect(plan.nodes[1].operation).toMatchObject({ padding: { top: 1, bottom: 1, left: 1, right: 1 } });
    expect(checkPlan(plan, teacher)).toEqual([]);
    expect(codesOf(teacherOf(layers.zeroPadding2d({ name: 'z' }), bn('bn'), conv('c2')))).toEqual([
      'UNSUPPORTED_TOPOLOGY teacher.layers[1] "z"',
    ]);
  });

  test('sets bits by defaults, options, first and last layer, and layer function, later ones winning', () => {
    const plan = planStudent(alexNetLike(), {
      weights: { bits: 1 },
      activations: { bits: 2 },
      requantization: 'shiftPerLayer',
      firstAndLast: { bits: 8 },
      layers: (layer) =>
        layer.name === 'fc2' ? { bits: { activations: 3 }, requantization: 'perChannel' } : undefined,
      input: { zeroPoint: 128, scale: { numerator: 1, denominator: 128 } },
      classes: ['a', 'b', 'c', 'd', 'e'],
    });
    expect(
      layersOf(plan).map(({ weights, activations, requantization }) => [
        weights,
        activations?.bits,
        requantization,
      ]),
    ).toEqual([
      [{ bits: 8, code: 'twosComplement' }, 8, 'shiftPerLayer'],
      [{ bits: 1, code: 'sign' }, 3, 'perChannel'],
      [{ bits: 8, code: 'twosComplement' }, undefined, 'shiftPerLayer'],
    ]);
    expect(plan.inputs[0]).toMatchObject({ zeroPoint: 128, scale: { numerator: 1, denominator: 128 } });
    expect(plan.classes).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('keeps a given code unless a layer gets bits of its own', () => {
    const plan = planStudent(alexNetLike(), {
      weights: { bits: 2, code: 'odd' },
      layers: ({ isLast }) => (isLast ? { bits: 4 } : undefined),
    });
    expect(layersOf(plan).map(({ weights }) => `${weights.bits} ${weights.code}`)).toEqual([
      '2 odd',
      '2 odd',
      '4 twosComplement',
    ]);
  });

  test('asks the layer function about every block and unsupported layer', () => {
    const asked: LayerCandidate[] = [];
    const teacher = teacherOf(
      conv('c1'),
      layers.leakyReLU({ name: 'leaky' }),
      layers.layerNormalization({ name: 'odd' }),
      layers.flatten({ name: 'flat' }),
      dense('fc', 2),
    );
    planIssues(teacher, {
      layers: (layer) => {
        asked.push(layer);
        return undefined;
      },
    });
    expect(
      asked.map(({ name, index, operation, isFirst, isLast }) => [name, index, operation, isFirst, isLast]),
    ).toEqual([
      ['c1', 0, 'conv2d', true, false],
      ['leaky', 1, 'lookup', false, false],
      ['odd', 2, 'unsupported', false, false],
      ['fc', 3, 'dense', false, true],
    ]);
    expect(asked[0]).toMatchObject({ inputShape: [8, 8, 3], outputShape: [8, 8, 4], teacherNodes: ['c1'] });
  });

  test('leaves skipped layers out and connects what follows to their input', () => {
    const teacher = teacherOf(
      conv('c1'),
      layers.leakyReLU({ name: 'leaky' }),
      conv('c2'),
      bn('bn2'),
      layers.flatten({ name: 'flat' }),
      dense('fc', 2, { activation: 'sigmoid' }),
    );
    const skipped = ['leaky', 'c2', 'fc/activation'];
    const plan = planStudent(teacher, {
      layers: ({ name }) => (skipped.includes(name) ? 'skip' : undefined),
    });
    expect(chainOf(plan)).toBe('image c1(image) flat(c1) fc(flat)');
    expect(checkPlan(plan, teacher)).toEqual([]);
  });
});

describe('planStudent, merges', () => {
  test('plans residual sums and concatenations on grids of their own, unsigned where nothing is below zero', () => {
    const image = tfl.input({ shape: [8, 8, 3], name: 'image' });
    const stem = apply(image, conv('c1'), relu('r1'));
    const branch = apply(stem, conv('c2'), bn('b2'));
    const sum = layers.add({ name: 'sum' }).apply([stem, branch]) as tfl.SymbolicTensor;
    const active = apply(sum, relu('r2'));
    const joined = layers.concatenate({ name: 'joined' }).apply([active, stem]) as tfl.SymbolicTensor;
    const end = apply(joined, layers.flatten({ name: 'flat' }), dense('fc', 4));
    const plan = planStudent(openTeacher(tfl.model({ inputs: image, outputs: end })), {
      activations: { bits: 5 },
      layers: (l) => (l.operation === 'concat' ? { bits: { activations: 8 } } : undefined),
    });
    expect(chainOf(plan)).toBe('image c1(image) c2(c1) sum(c1,c2) joined(sum,c1) flat(joined) fc(flat)');
    const merges = plan.nodes.filter((node) => node.kind === 'merge');
    expect(merges.map(({ tap, activation, activations }) => [tap, activation, activations.bits])).toEqual([
      ['r2', 'relu', 5],
      ['joined', 'relu', 8],
    ]);
    expect(checkPlan(plan)).toEqual([]);
    expect(checkPlan({ ...plan, nodes: [...plan.nodes].reverse() }).length).toBeGreaterThan(0);
  });

  test('a skipped sum leaves out the branch that nothing else takes', () => {
    const image = tfl.input({ shape: [8, 8, 3], name: 'image' });
    const stem = apply(image, conv('c1'), relu('r1'));
    const sum = layers.add({ name: 'sum' }).apply([stem, apply(stem, conv('c2'))]) as tfl.SymbolicTensor;
    const end = apply(sum, layers.flatten({ name: 'flat' }), dense('fc', 4));
    const plan = planStudent(openTeacher(tfl.model({ inputs: image, outputs: end })), {
      layers: (l) => (l.name === 'sum' ? 'skip' : undefined),
    });
    expect(chainOf(plan)).toBe('image c1(image) flat(c1) fc(flat)');
  });
});

describe('planIssues', () => {
  test('lists every unsupported layer with a fix that can be typed', () => {
    const teacher = teacherOf(
      conv('c1', { activation: 'logSoftmax' as 'softmax' }),
      layers.layerNormalization({ name: 'odd' }),
      layers.batchNormalization({ name: 'bn', axis: 1 }),
      layers.softmax({ name: 'middle', axis: -1 }),
      layers.maxPooling2d({ name: 'first', dataFormat: 'channelsFirst' }),
      layers.globalMaxPooling2d({ name: 'gmp' }),
      dense('fc', 2),
    );
    const issues = planIssues(teacher);
    expect(issues.map(({ code, path }) => `${code} ${path.replace(/.*"(.*)"/, '$1')}`)).toEqual([
      'UNSUPPORTED_LAYER c1',
      'UNSUPPORTED_LAYER odd',
      'UNSUPPORTED_LAYER bn',
      'UNSUPPORTED_LAYER middle',
      'UNSUPPORTED_LAYER first',
      'UNSUPPORTED_LAYER gmp',
    ]);
    expect(issues[1]).toEqual({
      code: 'UNSUPPORTED_LAYER',
      path: 'teacher.layers[2] "odd"',
      message: 'LayerNormalization has no integer form.',
      fix: "drop it with planStudent(teacher, { layers: (l) => (l.name === 'odd' ? 'skip' : undefined) }); the next layer is fitted to the tap after it",
    });
    expect(issues[0].fix).toContain("'c1/activation'");
    expect(issues[0].message).toContain('logSoftmax');
  });

  test.each(['c1/activation', 'odd', 'middle'])('the fix for %s works when typed', (name) => {
    const teacher = teacherOf(
      conv('c1', { activation: 'logSoftmax' as 'softmax' }),
      layers.layerNormalization({ name: 'odd' }),
      layers.softmax({ name: 'middle', axis: -1 }),
      layers.flatten({ name: 'flat' }),
      dense('fc', 2),
    );
    const before = planIssues(teacher).length;
    expect(before).toBe(3);
    expect(planIssues(teacher, { layers: (l) => (l.name === name ? 'skip' : undefined) })).toHaveLength(2);
  });

  test('plans a table for every other activation, and none for a sigmoid behind the logits', () => {
    const teacher = teacherOf(
      conv('c1', { activation: 'tanh' }),
      layers.leakyReLU({ name: 'leaky' }),
      conv('c2'),
      layers.reLU({ name: 'clipped', maxValue: 4 }),
      layers.flatten({ name: 'flat' }),
      dense('fc', 2, { activation: 'sigmoid' }),
      layers.dropout({ name: 'drop', rate: 0.5 }),
    );
    expect(planIssues(teacher)).toEqual([]);
    const plan = planStudent(teacher);
    expect(chainOf(plan)).toBe(
      'image c1(image) c1/activation(c1) leaky(c1/activation) c2(leaky) clipped(c2) flat(clipped) fc(flat)',
    );
    expect(plan.nodes.flatMap((node) => (node.kind === 'merge' ? [node.operation] : []))).toEqual([
      { kind: 'lookup', form: { kind: 'tanh' } },
      { kind: 'lookup', form: { kind: 'leakyRelu', slope: 0.3 } },
      { kind: 'lookup', form: { kind: 'clippedRelu', maximum: 4 } },
    ]);
    expect(decodePlan(encodePlan(plan))).toEqual(plan);
    const broken = encodePlan(plan).replace('"slope"', '"slop"');
    expect(() => decodePlan(broken)).toThrow(expect.objectContaining({ code: 'INVALID_PLAN' }));
  });

  test('plans several inputs and outputs: sums where nothing else takes a layer, else values of eight bits', () => {
    const a = tfl.input({ shape: [8, 8, 3], name: 'a' });
    const b = tfl.input({ shape: [8, 8, 3], name: 'b' });
    const sum = layers.add({ name: 'sum' }).apply([a, b]) as tfl.SymbolicTensor;
    const shared = apply(sum, conv('c1'), bn('b1'));
    const active = apply(shared, relu('r1'));
    const pooled = apply(active, pool('p1'));
    const map = apply(active, conv('c2'));
    const classes = apply(
      pooled,
      layers.flatten({ name: 'flat' }),
      dense('fc', 3),
      layers.softmax({ name: 's', axis: -1 }),
    );
    const model = tfl.model({ inputs: [a, b], outputs: [classes, map, active, pooled] });
    const teacher = openTeacher(model);
    expect(planIssues(teacher)).toEqual([]);
    const plan = planStudent(teacher, {
      activations: { bits: 3 },
      input: { zeroPoint: 128 },
      inputs: { b: { scale: { numerator: 1, denominator: 4 } } },
    });
    expect(chainOf(plan)).toBe('a b sum(a,b) c1(sum) p1(c1) flat(p1) fc(flat) c2(c1)');
    expect(plan.outputs).toEqual(['fc', 'c2', 'c1', 'p1']);
    expect(plan.inputs).toMatchObject([
      { name: 'a', zeroPoint: 128, scale: { numerator: 1, denominator: 1 } },
      { name: 'b', zeroPoint: 128, scale: { numerator: 1, denominator: 4 } },
    ]);
    const bits = plan.nodes.flatMap((node) =>
      node.kind === 'structure' ? [] : [[node.name, node.activations?.bits]],
    );
    expect(Object.fromEntries(bits)).toEqual({ sum: 3, c1: 8, c2: undefined, fc: undefined });
    expect(checkPlan(plan, teacher)).toEqual([]);
    expect(planNotes(teacher, plan).map(({ code, path }) => `${code} ${path}`)).toEqual([
      'ROUNDED_OUTPUT plan "c1"',
      'ROUNDED_OUTPUT plan "p1"',
    ]);
    expect(codesOf(teacher, { inputs: { c: {} } })).toEqual(['UNKNOWN_OPTION inputs.c']);
  });

  test('refuses what cannot be joined: other axes than the channels, sums that broadcast, an output that is an input', () => {
    const image = tfl.input({ shape: [8, 8, 3], name: 'image' });
    const half = pool('p1').apply(image) as tfl.SymbolicTensor;
    const tall = layers.concatenate({ name: 'tall', axis: 1 }).apply([image, image]) as tfl.SymbolicTensor;
    const one = layers.conv2d({ name: 'one', filters: 1, kernelSize: 1 }).apply(half) as tfl.SymbolicTensor;
    const wide = layers.add({ name: 'wide' }).apply([half, one]) as tfl.SymbolicTensor;
    const ends = [tall, wide];
    const codes = ends.map((end) => codesOf(openTeacher(tfl.model({ inputs: image, outputs: end }))));
    expect(codes.flat()).toEqual([
      'UNSUPPORTED_LAYER teacher.layers[1] "tall"',
      'UNSUPPORTED_TOPOLOGY teacher.inputs "image"',
      'UNSUPPORTED_LAYER teacher.layers[3] "wide"',
    ]);
  });

  test('a teacher may end in anything that it computes', () => {
    const endsOf = (...chain: Layer[]) => planStudent(teacherOf(...chain));
    expect(endsOf(conv('c1'), pool('p1')).outputs).toEqual(['p1']);
    const { outputs, nodes } = endsOf(conv('c1'), relu('r1'), layers.flatten({ name: 'flat' }));
    expect(outputs).toEqual(['c1']);
    expect(nodes).toMatchObject([{ name: 'c1', activation: 'relu', activations: { bits: 8 } }]);
    expect(codesOf(teacherOf(layers.softmax({ name: 's', axis: -1 })))).toEqual([
      'UNSUPPORTED_TOPOLOGY teacher.inputs "image"',
    ]);
  });

  test('refuses to skip a layer that changes the shape', () => {
    const skip = (name: string) => ({
      layers: (l: LayerCandidate) => (l.name === name ? 'skip' : undefined),
    });
    expect(codesOf(alexNetLike(), skip('conv1'))).toEqual(['SKIP_CHANGES_SHAPE teacher.layers[1] "conv1"']);
    expect(codesOf(alexNetLike(), skip('fc3'))).toEqual(['SKIP_CHANGES_SHAPE teacher.layers[10] "fc3"']);
  });

  test('reports broken options and the broken teacher together', () => {
    const teacher = teacherOf(conv('c1'), layers.layerNormalization({ name: 'odd' }), conv('c2'));
    expect(codesOf(teacher, { weigths: { bits: 4 }, activations: { bits: 9 } })).toEqual([
      'UNKNOWN_OPTION weigths',
      'INVALID_OPTION activations.bits',
      'UNSUPPORTED_LAYER teacher.layers[2] "odd"',
    ]);
  });

  test('reports what the layer function returns wrongly, and class names that do not fit', () => {
    const options = {
      classes: ['a', 'b'],
      layers: ({ name }: LayerCandidate): never =>
        ({ conv1: { bit: 4 }, fc2: 'skp', fc3: { weights: { bits: 3, code: 'sign' } } })[name] as never,
    };
    expect(codesOf(alexNetLike(), options)).toEqual([
      'UNKNOWN_OPTION layers("conv1").bit',
      'INVALID_OPTION layers("fc2")',
      'WEIGHT_CODE layers("fc3").weights',
      'INVALID_OPTION classes',
    ]);
  });

  test('planStudent throws them all at once', () => {
    const teacher = teacherOf(
      conv('c1', { activation: 'logSoftmax' as 'softmax' }),
      layers.layerNormalization({ name: 'odd' }),
      conv('c2'),
    );
    expect(() => planStudent(teacher)).toThrow(BnfreeError);
    try {
      planStudent(teacher);
    } catch (error) {
      expect((error as BnfreeError).issues).toEqual(planIssues(teacher));
    }
  });
});
