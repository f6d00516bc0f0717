import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { batchNormAffine, composeAffine, normalizationAffine } from './batchNormAffine.js';
import { openTeacher } from './openTeacher.js';

const f = (...values: number[]) => Float32Array.from(values);

describe('batchNormAffine', () => {
  test('is gamma / sqrt(variance + epsilon) and beta - mean * gain, gamma of either sign', () => {
    const parameters = { gamma: f(2, -3), beta: f(1, 0.5), mean: f(4, -2), variance: f(0.75, 3.75) };
    const { gain, offset, dead } = batchNormAffine(parameters, 0.25);
    expect([...gain]).toEqual([2, -1.5]);
    expect([...offset]).toEqual([-7, -2.5]);
    expect(dead).toEqual([]);
  });

  test('takes gamma as 1 and beta as 0 where they are missing', () => {
    const { gain, offset } = batchNormAffine({ mean: f(3), variance: f(4) }, 0);
    expect([...gain]).toEqual([0.5]);
    expect([...offset]).toEqual([-1.5]);
  });

  test('makes a channel without variance the constant beta', () => {
    const parameters = { gamma: f(2, 2, 2), beta: f(7, 8, 9), mean: f(5, 5, 5), variance: f(0, 1, 1e-12) };
    const { gain, offset, dead } = batchNormAffine(parameters, 1e-3);
    expect(dead).toEqual([0, 2]);
    expect([gain[0], gain[2]]).toEqual([0, 0]);
    expect([offset[0], offset[2]]).toEqual([7, 9]);
    expect(gain[1]).toBeGreaterThan(1.9);
  });
});

describe('composeAffine', () => {
  test('applies the first, then the second, and keeps dead channels dead', () => {
    const first = { gain: Float64Array.of(2, 0), offset: Float64Array.of(1, 5), dead: [1] };
    const second = { gain: Float64Array.of(3, -4), offset: Float64Array.of(10, 1), dead: [] };
    const { gain, offset, dead } = composeAffine(first, second);
    expect([...gain]).toEqual([6, -0]);
    expect([...offset]).toEqual([13, -19]);
    expect(dead).toEqual([1]);
  });
});

describe('normalizationAffine', () => {
  test('computes what the teacher computes, over several normalizations, negative gamma included', async () => {
    tf.env().set('IS_TEST', true);
    await tf.setBackend('cpu');
    const model = tfl.sequential({
      layers: [
        tfl.layers.batchNormalization({ name: 'first', inputShape: [3] }),
        tfl.layers.dropout({ name: 'drop', rate: 0.5 }),
        tfl.layers.batchNormalization({ name: 'second', scale: false }),
      ],
    });
    const rows = [
      [2, -3, 0.5],
      [1, 2, 3],
      [-1, 0, 4],
      [0.5, 2, 9],
    ].map((values) => tf.tensor1d(values));
    model.getLayer('first').setWeights(rows);
    model.getLayer('second').setWeights(rows.slice(1));
    const teacher = openTeacher(model);
    const { gain, offset } = normalizationAffine(teacher, ['first', 'drop', 'second'], 3);
    const x = [0.25, -7, 3];
    const y = teacher.evaluate(new Map([[teacher.inputs[0], tf.tensor2d([x])]]), ['second']).get('second');
    y?.dataSync().forEach((value, channel) => {
      expect(x[channel] * gain[channel] + offset[channel]).toBeCloseTo(value, 5);
    });
    expect(y?.shape).toEqual([1, 3]);
    expect([...normalizationAffine(teacher, ['drop'], 3).gain]).toEqual([1, 1, 1]);
  });
});
