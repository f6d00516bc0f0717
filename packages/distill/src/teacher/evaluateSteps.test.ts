import { BnfreeError } from '@bnfree/core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { openTeacher } from './openTeacher.js';
import type { Teacher } from './teacher.js';

const { layers } = tfl;

function chain(): Teacher {
  return openTeacher(
    tfl.sequential({
      layers: [
        layers.inputLayer({ inputShape: [6, 6, 2], name: 'image' }),
        layers.conv2d({ name: 'conv', filters: 3, kernelSize: 3, activation: 'tanh' }),
        layers.batchNormalization({ name: 'bn' }),
        layers.dropout({ name: 'drop', rate: 0.5 }),
        layers.flatten({ name: 'flat' }),
        layers.dense({ name: 'fc', units: 2 }),
      ],
    }),
  );
}

describe('evaluate', () => {
  let teacher: Teacher;
  let image: tf.Tensor;
  let tensors = 0;

  beforeAll(async () => {
    tf.env().set('IS_TEST', true);
    await tf.setBackend('wasm');
    teacher = chain();
    image = tf.randomNormal([2, 6, 6, 2]);
  });
  beforeEach(() => {
    tensors = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('returns tensors of the caller and leaves nothing else behind', () => {
    const values = teacher.evaluate(new Map([['image', image]]), ['fc', 'bn', 'drop', 'conv']);
    expect(tf.memory().numTensors).toBe(tensors + 4);
    expect([...values.keys()]).toEqual(['fc', 'bn', 'drop', 'conv']);
    expect(values.get('drop')?.dataSync()).toEqual(values.get('bn')?.dataSync());
    tf.dispose([...values.values()]);
  });

  test('starts behind a fed node and gives the same values', () => {
    const values = teacher.evaluate(new Map([['image', image]]), ['bn', 'fc']);
    const fed = teacher.evaluate(new Map([['bn', values.get('bn') as tf.Tensor]]), ['fc']);
    expect(fed.get('fc')?.dataSync()).toEqual(values.get('fc')?.dataSync());
    tf.dispose([...values.values(), ...fed.values()]);
  });

  test('a feed replaces the computed value, also where both could be had', () => {
    const zeros = tf.zeros([2, 4, 4, 3]);
    const feeds = new Map([
      ['image', image],
      ['conv/activation', zeros],
    ]);
    const values = teacher.evaluate(feeds, ['conv', 'bn']);
    expect(values.get('bn')?.dataSync()).toEqual(new Float32Array(96));
    expect(
      values
        .get('conv')
        ?.dataSync()
        .some((value) => value !== 0),
    ).toBe(true);
    expect(zeros.isDisposed).toBe(false);
    tf.dispose([zeros, ...values.values()]);
  });

  test('a fetched feed is a tensor of its own', () => {
    const values = teacher.evaluate(new Map([['image', image]]), ['image']);
    values.get('image')?.dispose();
    expect(image.isDisposed).toBe(false);
  });

  test('frees a value after its last use', () => {
    const layer = { peak: 0 };
    const deep = openTeacher(
      tfl.sequential({
        layers: Array.from({ length: 12 }, (_, i) =>
          layers.dense({ units: 8, name: `d${i}`, ...(i === 0 ? { inputShape: [8] } : {}) }),
        ),
      }),
    );
    const before = tf.memory().numTensors;
    const x = tf.ones([1, 8]);
    const profile = tf.tidy(() => {
      const values = deep.evaluate(new Map([[deep.inputs[0], x]]), ['d11']);
      layer.peak = tf.memory().numTensors;
      return [...values.values()];
    });
    expect(layer.peak - before).toBe(2);
    tf.dispose([x, ...profile]);
    tensors = before;
  });

  test('carries gradients from an output to a fed node', () => {
    const values = teacher.evaluate(new Map([['image', image]]), ['flat']);
    const flat = values.get('flat') as tf.Tensor;
    const gradient = tf.grad((x) =>
      tf.sum(teacher.evaluate(new Map([['flat', x]]), ['fc']).get('fc') as tf.Tensor),
    )(flat);
    const kernel = teacher.parameters('fc').kernel?.values as Float32Array;
    const [first] = gradient.dataSync();
    expect(first).toBeCloseTo(kernel[0] + kernel[1], 5);
    tf.dispose([gradient, ...values.values()]);
  });

  test('names every missing feed, unknown name and wrong shape at once', () => {
    const wrong = tf.zeros([2, 5, 5, 2]);
    const codes = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as BnfreeError).issues.map(({ code, fix }) => `${code}: ${fix}`);
      }
      return [];
    };
    expect(
      codes(() =>
        teacher.evaluate(
          new Map([
            ['image', wrong],
            ['imag', wrong],
          ]),
          ['bm', 'fc'],
        ),
      ),
    ).toEqual([
      'TEACHER_FEED_SHAPE: feed tensor.reshape([-1, 6, 6, 2])',
      'UNKNOWN_TEACHER_NODE: did you mean "image"?',
      'UNKNOWN_TEACHER_NODE: did you mean "bn"?',
    ]);
    expect(codes(() => teacher.evaluate(new Map(), ['fc']))).toEqual([
      "MISSING_TEACHER_FEED: teacher.evaluate(new Map([['image', tensor]]), fetches)",
    ]);
    wrong.dispose();
  });
});
