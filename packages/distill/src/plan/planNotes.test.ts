import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { openTeacher } from '../teacher/openTeacher.js';
import { planNotes } from './planNotes.js';
import { planStudent } from './planStudent.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

describe('planNotes', () => {
  const build = (variance: number[], beta: number[]) => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.dense({ name: 'fc', units: 3, useBias: false, inputShape: [2] }),
        tfl.layers.batchNormalization({ name: 'bn' }),
      ],
    });
    model.getLayer('bn').setWeights([tf.ones([3]), tf.tensor1d(beta), tf.zeros([3]), tf.tensor1d(variance)]);
    return openTeacher(model);
  };
  const codes = (teacher: ReturnType<typeof build>, requantization: 'divide' | 'perLayer') =>
    planNotes(teacher, planStudent(teacher, { requantization })).map(({ code, path }) => `${code} ${path}`);

  test('says where the divide scheme loses an offset, and only there', () => {
    expect(codes(build([1, 1, 1], [0, 1, 0]), 'divide')).toEqual(['LOST_BIAS plan "fc"']);
    expect(codes(build([1, 1, 1], [0, 1, 0]), 'perLayer')).toEqual([]);
    expect(codes(build([1, 1, 1], [0, 0, 0]), 'divide')).toEqual([]);
  });

  test('names the channels without variance', () => {
    const [note] = planNotes(build([0, 1, 0], [0, 0, 0]), planStudent(build([0, 1, 0], [0, 0, 0])));
    expect(note).toMatchObject({ code: 'DEAD_CHANNELS', path: 'plan "fc"' });
    expect(note.message).toContain('2 of 3 channels');
    expect(note.message).toContain(': 0, 2.');
  });
});
