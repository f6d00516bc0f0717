import { BnfreeError } from '@bnfree/core';
import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { openTeacher } from './openTeacher.js';

const { layers } = tfl;

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('wasm');
});

/** Compares every output of a teacher with `model.predict`, bit for bit. */
function expectSameBits(model: tfl.LayersModel, inputs: tf.Tensor[]): void {
  const teacher = openTeacher(model);
  const feeds = new Map(teacher.inputs.map((name, i) => [name, inputs[i]]));
  const predicted = model.predict(inputs.length === 1 ? inputs[0] : inputs);
  const expected = Array.isArray(predicted) ? predicted : [predicted];
  const values = teacher.evaluate(feeds, teacher.outputs);
  teacher.outputs.forEach((name, i) => {
    expect(values.get(name)?.shape).toEqual(expected[i]?.shape);
    expect(values.get(name)?.dataSync()).toEqual(expected[i]?.dataSync());
  });
}

/** Two inputs; a Sequential used twice; a nested model with a residual sum and two outputs; a concatenation. */
function branchedModel(): tfl.LayersModel {
  const base = tfl.sequential({
    name: 'base',
    layers: [
      layers.conv2d({
        name: 'c1',
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'tanh',
        inputShape: [8, 8, 3],
      }),
      layers.batchNormalization({ name: 'bn1' }),
      layers.reLU({ name: 'r1' }),
    ],
  });
  const inner = tfl.input({ shape: [8, 8, 4], name: 'inner' });
  const depthwise = layers.depthwiseConv2d({
    name: 'dw',
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
  });
  const d = depthwise.apply(inner) as tfl.SymbolicTensor;
  const sum = layers.add({ name: 'sum' }).apply([inner, d]) as tfl.SymbolicTensor;
  const nested = tfl.model({ name: 'nested', inputs: inner, outputs: [sum, d] });
  const a = tfl.input({ shape: [8, 8, 3], name: 'a' });
  const b = tfl.input({ shape: [8, 8, 3], name: 'b' });
  const left = base.apply(a) as tfl.SymbolicTensor;
  const right = base.apply(b) as tfl.SymbolicTensor;
  const [s, t] = nested.apply(left) as tfl.SymbolicTensor[];
  const joined = layers.concatenate({ name: 'joined' }).apply([s, t, right] as tfl.SymbolicTensor[]);
  const pooled = layers.globalAveragePooling2d({ name: 'gap' }).apply(joined);
  const out = layers
    .dense({ name: 'fc', units: 3, activation: 'softmax' })
    .apply(pooled) as tfl.SymbolicTensor;
  return tfl.model({ name: 'branched', inputs: [a, b], outputs: [out, right] });
}

/** As Keras has it; the types of tfjs know one number alone. */
const perChannel = (...values: number[]): number => values as unknown as number;

describe('openTeacher', () => {
  test('computes nested, shared, residual and multi-output models with the bits of predict', () => {
    const a = tf.randomNormal([2, 8, 8, 3]);
    const b = tf.randomNormal([2, 8, 8, 3]);
    expectSameBits(branchedModel(), [a, b]);
  });

  test('computes layers with several outputs, wrappers and nested Sequentials with the bits of predict', () => {
    const frame = tfl.sequential({
      name: 'frame',
      layers: [layers.dense({ name: 'd', units: 4, inputShape: [3] })],
    });
    const x = tfl.input({ shape: [5, 3], name: 'x' });
    const each = layers.timeDistributed({
      name: 'each',
      layer: layers.dense({ units: 3, activation: 'relu' }),
    });
    const lstm = layers.lstm({
      name: 'lstm',
      units: 3,
      returnState: true,
      recurrentInitializer: 'glorotNormal',
    });
    const [y, h, c] = lstm.apply(each.apply(x)) as tfl.SymbolicTensor[];
    const model = tfl.model({ inputs: x, outputs: [frame.apply(h) as tfl.SymbolicTensor, y, c] });
    expectSameBits(model, [tf.randomNormal([2, 5, 3])]);
    const teacher = openTeacher(model);
    expect(teacher.outputs).toEqual(['frame/d', 'lstm', 'lstm#2']);
    expect(teacher.nodes.find(({ name }) => name === 'lstm#1')).toMatchObject({
      shape: [3],
      operation: { kind: 'unsupported', className: 'LSTM' },
    });
  });

  test('opens a separable convolution as the two that it is, and a rescaling as a gain and an offset', () => {
    const model = tfl.sequential({
      layers: [
        layers.rescaling({ name: 'scale', scale: 0.5, offset: -1, inputShape: [7, 6, 3] }),
        layers.rescaling({ name: 'colors', scale: perChannel(1, 2, 3), offset: perChannel(-1, 0, 1) }),
        layers.separableConv2d({
          name: 'sep',
          filters: 5,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          depthMultiplier: 2,
          activation: 'relu6',
        }),
        layers.separableConv2d({ name: 'wide', filters: 2, kernelSize: 2, dilationRate: 2, useBias: false }),
      ],
    });
    expectSameBits(model, [tf.randomNormal([2, 7, 6, 3])]);
    const teacher = openTeacher(model);
    expect(
      teacher.nodes
        .slice(1)
        .map(({ name, operation, shape }) => `${name} ${operation.kind} ${shape.join('x')}`),
    ).toEqual([
      'scale affine 7x6x3',
      'colors affine 7x6x3',
      'sep/depthwise depthwiseConv2d 4x3x6',
      'sep conv2d 4x3x5',
      'sep/activation activation 4x3x5',
      'wide/depthwise depthwiseConv2d 2x1x5',
      'wide conv2d 2x1x2',
    ]);
    expect([...(teacher.parameters('scale').offset ?? [])]).toEqual([-1, -1, -1]);
    expect([...(teacher.parameters('colors').gain ?? [])]).toEqual([1, 2, 3]);
    expect([...(teacher.parameters('colors').offset ?? [])]).toEqual([-1, 0, 1]);
    expect(teacher.parameters('sep').bias).toHaveLength(5);
    expect(teacher.parameters('sep/depthwise').kernel?.shape).toEqual([3, 3, 3, 2]);
  });

  test('names nodes by their path, shared ones by their use, built-in activations by /activation', () => {
    const teacher = openTeacher(branchedModel());
    expect(teacher.nodes.map(({ name }) => name)).toEqual([
      'a',
      'b',
      'base:0/c1',
      'base:0/c1/activation',
      'base:0/bn1',
      'base:0/r1',
      'nested/dw',
      'nested/dw/activation',
      'nested/sum',
      'base:1/c1',
      'base:1/c1/activation',
      'base:1/bn1',
      'base:1/r1',
      'joined',
      'gap',
      'fc',
      'fc/activation',
    ]);
    expect(teacher.inputs).toEqual(['a', 'b']);
    expect(teacher.outputs).toEqual(['fc/activation', 'base:1/r1']);
    const bn = teacher.nodes.find(({ name }) => name === 'base:1/bn1');
    expect(bn).toMatchObject({
      inputs: ['base:1/c1/activation'],
      shape: [8, 8, 4],
      path: 'teacher.layers[1].layers[1] "bn1"',
    });
  });

  test('lists nodes in an order in which they can run', () => {
    const { nodes } = openTeacher(branchedModel());
    const position = new Map(nodes.map(({ name }, i) => [name, i]));
    for (const node of nodes) {
      for (const input of node.inputs) {
        expect(position.get(input)).toBeLessThan(position.get(node.name) as number);
      }
    }
  });

  test('gives both sides of a built-in activation', () => {
    const model = tfl.sequential({
      layers: [layers.dense({ name: 'fc', units: 16, activation: 'relu', inputShape: [8] })],
    });
    const teacher = openTeacher(model);
    const x = tf.randomNormal([4, 8]);
    const [input] = teacher.inputs as [string];
    const values = teacher.evaluate(new Map([[input, x]]), ['fc', 'fc/activation']);
    const before = values.get('fc')?.dataSync() as Float32Array;
    expect(before.some((value) => value < 0)).toBe(true);
    expect(values.get('fc/activation')?.dataSync()).toEqual(before.map((value) => Math.max(value, 0)));
  });

  test('keeps the names when another model has used the layers', () => {
    const model = branchedModel();
    const before = openTeacher(model);
    const shared = model.getLayer('fc');
    shared.apply(tfl.input({ shape: [12], name: 'extra' }));
    const after = openTeacher(model);
    expect(after.nodes).toEqual(before.nodes);
    expect(after.digest).toBe(before.digest);
  });

  test.each(['wasm', 'cpu'])(
    'computes strided, dilated and depthwise layers with the bits of predict on %s',
    async (backend) => {
      await tf.setBackend(backend);
      try {
        const model = tfl.sequential({
          layers: [
            layers.conv2d({
              filters: 5,
              kernelSize: 5,
              strides: 2,
              padding: 'same',
              useBias: false,
              inputShape: [13, 12, 3],
            }),
            layers.batchNormalization(),
            layers.activation({ activation: 'relu6' }),
            layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', depthMultiplier: 2 }),
            layers.conv2d({ filters: 4, kernelSize: 2, dilationRate: 2, activation: 'elu' }),
            layers.flatten(),
            layers.dropout({ rate: 0.5 }),
            layers.dense({ units: 3, activation: 'sigmoid' }),
          ],
        });
        expectSameBits(model, [tf.randomNormal([2, 13, 12, 3])]);
      } finally {
        await tf.setBackend('wasm');
      }
    },
  );

  test('computes same convolutions with a stride above the kernel size on wasm as on cpu', async () => {
    const model = tfl.sequential({
      layers: [
        layers.conv2d({
          name: 'c',
          filters: 2,
          kernelSize: 1,
          strides: 2,
          padding: 'same',
          inputShape: [8, 7, 3],
        }),
      ],
    });
    const x = tf.ones([1, 8, 7, 3]);
    const teacher = openTeacher(model);
    const run = () =>
      teacher
        .evaluate(new Map([[teacher.inputs[0], x]]), ['c'])
        .get('c')
        ?.dataSync();
    const onWasm = run() as Float32Array;
    await tf.setBackend('cpu');
    const onCpu = run() as Float32Array;
    await tf.setBackend('wasm');
    expect(onCpu.some((value) => value !== 0)).toBe(true);
    onWasm.forEach((value, i) => {
      expect(value).toBeCloseTo(onCpu[i], 5);
    });
  });

  test('copies parameters to the host by their roles', () => {
    const model = tfl.sequential({
      layers: [
        layers.conv2d({ name: 'c', filters: 2, kernelSize: 3, inputShape: [5, 5, 1] }),
        layers.batchNormalization({ name: 'plain', scale: false, center: false }),
        layers.batchNormalization({ name: 'scaled', center: false, epsilon: 0.25 }),
        layers.leakyReLU({ name: 'leaky' }),
      ],
    });
    const scaled = model.getLayer('scaled');
    scaled.setWeights([tf.tensor1d([3, -4]), tf.tensor1d([1, 2]), tf.tensor1d([5, 6])]);
    const teacher = openTeacher(model);
    expect(teacher.parameters('c').kernel?.shape).toEqual([3, 3, 1, 2]);
    expect(teacher.parameters('c').bias).toEqual(new Float32Array(2));
    expect(teacher.parameters('plain')).toEqual({
      mean: new Float32Array(2),
      variance: Float32Array.of(1, 1),
    });
    expect(teacher.parameters('scaled')).toEqual({
      gamma: Float32Array.of(3, -4),
      mean: Float32Array.of(1, 2),
      variance: Float32Array.of(5, 6),
    });
    expect(teacher.parameters('leaky')).toEqual({});
    expect(teacher.nodes.find(({ name }) => name === 'scaled')?.operation).toEqual({
      kind: 'batchNormalization',
      epsilon: 0.25,
    });
  });
});

describe("a teacher's digest", () => {
  const build = (alpha: number) =>
    tfl.sequential({
      layers: [
        layers.dense({ name: 'fc', units: 2, kernelInitializer: 'ones', inputShape: [2] }),
        layers.leakyReLU({ name: 'leaky', alpha }),
      ],
    });

  test('changes with any weight', () => {
    const model = branchedModel();
    const before = openTeacher(model).digest;
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    const fc = model.getLayer('fc');
    const [kernel, bias] = fc.getWeights() as [tf.Tensor, tf.Tensor];
    fc.setWeights([kernel, tf.add(bias, 1e-6)]);
    expect(openTeacher(model).digest).not.toBe(before);
  });

  test('does not change with the name of the model', () => {
    const shared = layers.dense({ name: 'fc', units: 2 });
    const x = tfl.input({ shape: [2], name: 'x' });
    const y = shared.apply(x) as tfl.SymbolicTensor;
    const [a, b] = ['a', 'b'].map((name) => openTeacher(tfl.model({ name, inputs: x, outputs: y })));
    expect(a.digest).toBe(b.digest);
  });

  test('changes with the settings of an unsupported layer', () => {
    expect(openTeacher(build(0.1)).digest).not.toBe(openTeacher(build(0.2)).digest);
  });
});

describe('openTeacher refuses', () => {
  const issuesOf = (open: () => unknown) => {
    try {
      open();
    } catch (error) {
      if (error instanceof BnfreeError) return error.issues;
      throw error;
    }
    throw new Error('nothing was thrown');
  };

  test('weights that are not finite, all layers at once', () => {
    const model = branchedModel();
    model.getLayer('fc').setWeights([tf.fill([12, 3], NaN), tf.zeros([3])]);
    const base = model.getLayer('base') as unknown as Pick<tfl.LayersModel, 'getLayer'>;
    base.getLayer('c1').setWeights([tf.fill([3, 3, 3, 4], 1), tf.tensor1d([1, Infinity, 0, 0])]);
    const issues = issuesOf(() => openTeacher(model));
    expect(issues.map(({ code, path }) => [code, path.replace(/.*"(.*)"/, '$1')])).toEqual([
      ['NON_FINITE_WEIGHTS', 'c1'],
      ['NON_FINITE_WEIGHTS', 'fc'],
    ]);
    expect(issues[1]?.message).toContain('36');
  });

  test('negative moving variances', () => {
    const model = tfl.sequential({ layers: [layers.batchNormalization({ name: 'bn', inputShape: [2] })] });
    model.getLayer('bn').setWeights([tf.ones([2]), tf.ones([2]), tf.zeros([2]), tf.tensor1d([1, -1])]);
    expect(issuesOf(() => openTeacher(model))).toMatchObject([
      { code: 'NEGATIVE_VARIANCE', path: 'teacher.layers[0] "bn"' },
    ]);
  });

  test('unknown image sizes', () => {
    const model = tfl.sequential({
      layers: [layers.conv2d({ name: 'c', filters: 1, kernelSize: 1, inputShape: [null, null, 1] as never })],
    });
    expect(issuesOf(() => openTeacher(model))[0]).toMatchObject({ code: 'UNKNOWN_TEACHER_SHAPE' });
  });

  test('masks', () => {
    const model = tfl.sequential({
      layers: [layers.embedding({ name: 'e', inputDim: 3, outputDim: 2, inputLength: 4, maskZero: true })],
    });
    expect(issuesOf(() => openTeacher(model))).toMatchObject([
      { code: 'MASKED_TEACHER', path: 'teacher.layers[0] "e"' },
    ]);
  });

  test('what is not a layers model', () => {
    expect(issuesOf(() => openTeacher({} as never))).toMatchObject([{ code: 'NOT_A_TEACHER' }]);
    expect(issuesOf(() => openTeacher({ execute: () => null } as never))[0]?.message).toContain('GraphModel');
  });
});
