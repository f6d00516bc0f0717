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

  test('says where pixels go into the teacher unscaled, and what is shared', () => {
    const { layers } = tfl;
    const conv = layers.conv2d({ name: 'conv', filters: 3, kernelSize: 1 });
    const image = tfl.input({ shape: [4, 4, 3], name: 'image' });
    const twice = conv.apply(conv.apply(image)) as tfl.SymbolicTensor;
    const teacher = openTeacher(tfl.model({ inputs: image, outputs: twice }));
    const noted = (input: object) =>
      planNotes(teacher, planStudent(teacher, { input })).map(({ code, path }) => `${code} ${path}`);
    expect(noted({})).toEqual(['UNSCALED_INPUT plan "image"', 'SHARED_LAYER plan "conv:0"']);
    expect(noted({ zeroPoint: 128 })).toEqual(['SHARED_LAYER plan "conv:0"']);
    const rescaled = layers.rescaling({ scale: 1 / 255, name: 'rescale' }).apply(image) as tfl.SymbolicTensor;
    const other = openTeacher(
      tfl.model({ inputs: image, outputs: conv.apply(rescaled) as tfl.SymbolicTensor }),
    );
    expect(planNotes(other, planStudent(other))).toEqual([]);
  });
});
