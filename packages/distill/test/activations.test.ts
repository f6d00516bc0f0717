import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { IntegerModel, decodeArtifact, verify } from '@bnfree/core';
import { typescriptBackend, wasmBackend } from '@bnfree/integer-kernels';
import { distillLayerwise, openTeacher, planStudent, type DistillOptions } from '../src/index.js';
import { through } from './through.js';
import { fillWeights, shortRun, tinyClasses, tinyImages, tinyShape } from './tinyTeacher.js';
import { expectToResume, isEnd } from './expectToResume.js';
import { useWasm } from './wasmForTests.js';

const { layers } = tfl;

beforeAll(async () => {
  await useWasm();
});

/** Functions behind a convolution, a residual sum and a pool, with and without a name of their own; a sigmoid at the end. */
function livelyTeacher(): tfl.LayersModel {
  const conv = (name: string, activation?: 'swish' | 'tanh') =>
    layers.conv2d({
      name,
      filters: 6,
      kernelSize: 3,
      padding: 'same',
      ...(activation ? { activation } : {}),
    });
  const image = tfl.input({ shape: [...tinyShape], name: 'image' });
  const stem = through(image, conv('conv1'), layers.batchNormalization({ name: 'bn1' }));
  const leaky = through(stem, layers.leakyReLU({ name: 'leaky', alpha: 0.2 }));
  const swished = through(leaky, conv('conv2', 'swish'));
  const sum = layers.add({ name: 'sum' }).apply([leaky, swished]) as tfl.SymbolicTensor;
  const logits = through(
    sum,
    layers.elu({ name: 'elu' }),
    layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
    conv('conv3', 'tanh'),
    layers.averagePooling2d({ name: 'average', poolSize: 3, strides: 1, padding: 'same' }),
    layers.batchNormalization({ name: 'bn3' }),
    layers.activation({ name: 'gate', activation: 'hardSigmoid' }),
    layers.globalAveragePooling2d({ name: 'mean' }),
    layers.dense({ name: 'fc', units: tinyClasses, activation: 'sigmoid' }),
  );
  const model = tfl.model({ name: 'lively', inputs: image, outputs: logits });
  fillWeights(model, 3);
  return model;
}

const distil = (extra: DistillOptions = {}) =>
  distillLayerwise(livelyTeacher(), tinyImages(80).images, { ...shortRun, ...extra });

describe('activations other than ReLU', () => {
  test('are tables of a verified graph, that follow the teacher on every backend', async () => {
    const before = tf.memory().numTensors;
    const teacher = livelyTeacher();
    const held = tf.memory().numTensors - before;
    const { model, artifact, report } = await distillLayerwise(teacher, tinyImages(80).images, shortRun);
    await model.dispose();
    expect(tf.memory().numTensors).toBe(before + held);
    expect(verify(artifact)).toMatchObject({ passed: true, floatOpcodes: 0, floats: [] });
    const { nodes } = decodeArtifact(artifact);
    expect(nodes.filter(({ op }) => op.op === 'lookup').map(({ name }) => name)).toEqual([
      'leaky',
      'conv2/activation',
      'elu',
      'conv3/activation',
      'gate',
    ]);
    expect(nodes.at(-1)?.name).toBe('fc');
    for (const { name, sqnrDb } of [...report.layers, ...report.merges]) {
      expect([name, sqnrDb > 20]).toEqual([name, true]);
    }
    expect(report.validation.teacherAgreement).toBeGreaterThanOrEqual(75);
    const outputs = [];
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      const loaded = await IntegerModel.load(artifact, { backend });
      outputs.push((await loaded.run(tinyImages(9, 11).images)).output);
      await loaded.dispose();
    }
    expect(outputs[1]).toEqual(outputs[0]);
  });

  test('what a table alone takes has eight bits, whatever the activations have', () => {
    const plan = planStudent(openTeacher(livelyTeacher()), {
      activations: { bits: 3 },
      layers: ({ name }) => (name === 'conv3' ? { activations: { bits: 5 } } : undefined),
    });
    const bits = plan.nodes.flatMap((node) =>
      node.kind === 'structure' ? [] : [[node.name, node.activations?.bits ?? null]],
    );
    expect(Object.fromEntries(bits)).toEqual({
      conv1: 8,
      leaky: 3,
      conv2: 8,
      'conv2/activation': 3,
      sum: 8,
      elu: 3,
      conv3: 5,
      'conv3/activation': 3,
      bn3: 8,
      gate: 3,
      fc: null,
    });
  });

  test('at four bits, resume to the bytes of an undisturbed run', async () => {
    const bits = { weights: 4, activations: 4 };
    const whole = distil({ bits });
    for (const stopAfter of ['leaky', 'conv3', 'gate'])
      await expectToResume((extra) => distil({ bits, ...extra }), isEnd(stopAfter), whole);
  });
});

test('a PReLU with a slope a channel, and a value times its hard sigmoid, follow the teacher', async () => {
  const image = tfl.input({ shape: [...tinyShape], name: 'image' });
  const conv = (name: string) => layers.conv2d({ name, filters: 6, kernelSize: 3, padding: 'same' });
  const bend = layers.prelu({ name: 'bend', sharedAxes: [1, 2] });
  const x = through(image, conv('conv1'), bend, conv('conv2'), layers.batchNormalization({ name: 'bn2' }));
  const gate = through(x, layers.activation({ name: 'gate', activation: 'hardSigmoid' }));
  const product = layers.multiply({ name: 'product' }).apply([x, gate]) as tfl.SymbolicTensor;
  const mean = layers.globalAveragePooling2d({ name: 'mean' });
  const logits = through(product, mean, layers.dense({ name: 'fc', units: tinyClasses }));
  const teacher = tfl.model({ name: 'bent', inputs: image, outputs: logits });
  fillWeights(teacher, 3);
  const before = tf.memory().numTensors;
  const { model, artifact, report } = await distillLayerwise(teacher, tinyImages(80).images, shortRun);
  await model.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(verify(artifact)).toMatchObject({ passed: true, floatOpcodes: 0, floats: [] });
  expect(decodeArtifact(artifact).nodes.map(({ name, op }) => [name, op.op])).toEqual([
    ['conv1', 'conv2d'],
    ['bend/below', 'depthwiseConv2d'],
    ['bend', 'add'],
    ['conv2', 'conv2d'],
    ['product', 'lookup'],
    ['mean', 'globalAveragePool2d'],
    ['fc', 'dense'],
  ]);
  for (const { name, sqnrDb } of [...report.layers, ...report.merges]) {
    expect([name, sqnrDb > 20]).toEqual([name, true]);
  }
});
