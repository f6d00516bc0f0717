import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { findTaps } from './findTaps.js';
import { openTeacher } from './openTeacher.js';

const { layers } = tfl;
type Layer = Parameters<tfl.Sequential['add']>[0];

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const image = () => layers.inputLayer({ inputShape: [8, 8, 3], name: 'image' });
const conv = (name: string, activation: 'linear' | 'relu' = 'linear') =>
  layers.conv2d({ name, filters: 3, kernelSize: 3, padding: 'same', activation });
const bn = (name: string) => layers.batchNormalization({ name });
const relu = (name: string) => layers.reLU({ name });
const pool = (name: string) => layers.maxPooling2d({ name, poolSize: 2 });

function tapsOf(...chain: Layer[]) {
  const teacher = openTeacher(tfl.sequential({ layers: [image(), ...chain] }));
  return findTaps(teacher).map(({ name, operation, inputs, teacherNodes, activation, tap }) =>
    [`${name}:${operation}(${inputs.join()})`, teacherNodes.join('>'), activation, tap].join(' '),
  );
}

describe('findTaps', () => {
  test('puts the tap behind normalization, activation and dropout, and drops the last softmax', () => {
    expect(
      tapsOf(
        conv('c1'),
        bn('b1'),
        relu('r1'),
        pool('p1'),
        layers.flatten({ name: 'flat' }),
        layers.dense({ name: 'f1', units: 4 }),
        bn('b2'),
        relu('r2'),
        layers.dropout({ name: 'd1', rate: 0.5 }),
        layers.dense({ name: 'f2', units: 2, activation: 'softmax' }),
      ),
    ).toEqual([
      'c1:conv2d(image) c1>b1>r1 relu r1',
      'f1:dense(flat) f1>b2>r2>d1 relu d1',
      'f2:dense(d1) f2 linear f2',
    ]);
  });

  test('gives a stand-alone normalization a block of its own: at the input, behind a pool, behind an activation', () => {
    expect(tapsOf(bn('b0'), conv('c1', 'relu'), bn('b1'), pool('p1'), bn('b2'), relu('r2'))).toEqual([
      'b0:affine(image) b0 linear b0',
      'c1:conv2d(b0) c1>c1/activation relu c1/activation',
      'b1:affine(c1/activation) b1 linear b1',
      'b2:affine(p1) b2>r2 relu r2',
    ]);
  });

  test('takes several normalizations and linear activations into one block, but one activation only', () => {
    const linear = layers.activation({ name: 'id', activation: 'linear' });
    expect(tapsOf(conv('c1'), bn('b1'), linear, bn('b2'), relu('r1'), relu('r2'))).toEqual([
      'c1:conv2d(image) c1>b1>id>b2>r1 relu r1',
      'r2:affine(r1) r2 relu r2',
    ]);
  });

  test('ends a block at a value with several consumers', () => {
    const input = tfl.input({ shape: [8, 8, 3], name: 'image' });
    const c = conv('c1').apply(input) as tfl.SymbolicTensor;
    const b = bn('b1').apply(c) as tfl.SymbolicTensor;
    const sum = layers.add({ name: 'sum' }).apply([b, c]) as tfl.SymbolicTensor;
    const teacher = openTeacher(tfl.model({ inputs: input, outputs: [sum, b] }));
    expect(findTaps(teacher).map(({ name, tap }) => `${name} ${tap}`)).toEqual(['c1 c1', 'b1 b1', 'sum sum']);
  });

  test('ends a block at an output of the model', () => {
    const input = tfl.input({ shape: [8, 8, 3], name: 'image' });
    const c = conv('c1').apply(input) as tfl.SymbolicTensor;
    const r = relu('r1').apply(c) as tfl.SymbolicTensor;
    const teacher = openTeacher(tfl.model({ inputs: input, outputs: [r, c] }));
    expect(findTaps(teacher).map(({ teacherNodes }) => teacherNodes)).toEqual([['c1'], ['r1']]);
  });
});
