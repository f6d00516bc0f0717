import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { applyFunction } from '../functions/applyFunction.js';
import type { PointwiseFunction } from '../functions/pointwiseFunction.js';
import { planIssues, planStudent } from '../plan/planStudent.js';
import { through } from '../../test/through.js';
import { openTeacher } from './openTeacher.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const { layers } = tfl;
type Layer = { apply(x: tfl.SymbolicTensor): unknown };
const activation = (name: string) => layers.activation({ activation: name as 'tanh' });

/** A convolution, the product of its value with a gate, and a dense layer. */
function gated(gate: readonly Layer[], isGateFirst = false): tfl.LayersModel {
  const image = tfl.input({ shape: [4, 4, 2], name: 'image' });
  const x = through(image, layers.conv2d({ name: 'conv', filters: 3, kernelSize: 3 }));
  const operands = [x, through(x, ...gate)];
  const product = layers.multiply({ name: 'product' }).apply(isGateFirst ? operands.reverse() : operands);
  const logits = through(
    product as tfl.SymbolicTensor,
    layers.flatten({ name: 'flat' }),
    layers.dense({ name: 'fc', units: 2 }),
  );
  return tfl.model({ inputs: image, outputs: logits });
}

const gates: readonly (readonly [string, () => Layer[], PointwiseFunction])[] = [
  ['sigmoid', () => [activation('sigmoid')], { kind: 'swish' }],
  [
    "tfjs's hard sigmoid",
    () => [activation('hardSigmoid')],
    { kind: 'hardGate', slope: 0.2, offset: 0.5, maximum: 1 },
  ],
  ['tanh of softplus', () => [activation('softplus'), activation('tanh')], { kind: 'mish' }],
  [
    'relu6(x + 3) / 6',
    () => [
      layers.rescaling({ scale: 1, offset: 3 }),
      layers.reLU({ maxValue: 6 }),
      layers.rescaling({ scale: 1 / 6, offset: 0 }),
    ],
    { kind: 'hardSwish' },
  ],
  [
    'min(max(2 x + 1, 0), 3)',
    () => [layers.rescaling({ scale: 2, offset: 1 }), layers.reLU({ maxValue: 3 })],
    { kind: 'hardGate', slope: 2, offset: 1, maximum: 3 },
  ],
];

describe.each(gates)('a product with %s of the same value', (_, gate, form) => {
  test.each([false, true])('is one function, the gate first: %p', (isGateFirst) => {
    const model = gated(gate(), isGateFirst);
    const teacher = openTeacher(model);
    const product = teacher.nodes.find(({ name }) => name === 'product');
    expect(product).toMatchObject({ operation: { kind: 'function', form }, inputs: ['conv'] });
    // Nothing of the gate is left to be asked about, planned, or made wider for.
    expect(teacher.nodes.map(({ name }) => name)).toEqual(['image', 'conv', 'product', 'flat', 'fc']);
    const plan = planStudent(teacher, { activations: { bits: 4 } });
    expect(plan.nodes.map((node) => [node.name, node.kind])).toEqual([
      ['conv', 'layer'],
      ['product', 'merge'],
      ['flat', 'structure'],
      ['fc', 'layer'],
    ]);
    expect(plan.nodes[0]).toMatchObject({ activations: { bits: 8 } });
  });

  test('is computed as the model does, and is that function of what the convolution gives', () => {
    const model = gated(gate());
    const teacher = openTeacher(model);
    const x = tf.randomUniform([3, 4, 4, 2], -4, 4, 'float32', 5);
    const values = teacher.evaluate(new Map([['image', x]]), ['conv', 'product', 'fc']);
    const wanted = (model.predict(x) as tf.Tensor).dataSync();
    expect(values.get('fc')?.dataSync()).toEqual(wanted);
    const byForm = applyFunction(form, values.get('conv') as tf.Tensor);
    const product = values.get('product')?.dataSync() ?? new Float32Array();
    byForm.dataSync().forEach((value, i) => {
      expect(Math.abs(value - product[i])).toBeLessThan(1e-5);
    });
  });
});

describe('a product that is no function of one value', () => {
  const issuesOf = (model: tfl.LayersModel) =>
    planIssues(openTeacher(model)).map(({ code, path }) => `${code} ${path.replace(/.*"(.*)"/, '$1')}`);

  test('with a gate that is no limited line stays unsupported', () => {
    const shifted = [layers.reLU({ maxValue: 6 }), layers.rescaling({ scale: 1, offset: 1 })];
    const turned = [layers.reLU({ maxValue: 6 }), layers.rescaling({ scale: -1, offset: 0 })];
    for (const gate of [shifted, turned, [activation('tanh')], [layers.reLU({})]]) {
      expect(issuesOf(gated(gate))).toContain('UNSUPPORTED_LAYER product');
    }
  });

  test('a gate that something else takes as well stays', () => {
    const image = tfl.input({ shape: [4, 4, 2], name: 'image' });
    const x = through(image, layers.conv2d({ name: 'conv', filters: 3, kernelSize: 3 }));
    const gate = through(x, layers.activation({ name: 'gate', activation: 'sigmoid' }));
    const product = layers.multiply({ name: 'product' }).apply([x, gate]) as tfl.SymbolicTensor;
    const sum = layers.add({ name: 'sum' }).apply([gate, product]) as tfl.SymbolicTensor;
    const teacher = openTeacher(tfl.model({ inputs: image, outputs: sum }));
    expect(teacher.nodes.map(({ name }) => name)).toEqual(['image', 'conv', 'gate', 'product', 'sum']);
    expect(planIssues(teacher)).toEqual([]);
  });

  test('of two branches stays unsupported', () => {
    const image = tfl.input({ shape: [4, 4, 2], name: 'image' });
    const conv = (name: string) => through(image, layers.conv2d({ name, filters: 3, kernelSize: 3 }));
    const product = layers.multiply({ name: 'product' });
    const made = product.apply([conv('a'), through(conv('b'), activation('sigmoid'))]) as tfl.SymbolicTensor;
    expect(issuesOf(tfl.model({ inputs: image, outputs: made }))).toEqual(['UNSUPPORTED_LAYER product']);
  });
});
