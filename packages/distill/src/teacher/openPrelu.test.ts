import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { planIssues, planStudent } from '../plan/planStudent.js';
import { openTeacher } from './openTeacher.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

/** A PReLU of four channels between a convolution and a dense layer. */
function teacherWith(slopes: readonly number[], sharedAxes: number[] | null = [1, 2]): tfl.LayersModel {
  const { layers } = tfl;
  const model = tfl.sequential({
    layers: [
      layers.conv2d({ name: 'conv', filters: 4, kernelSize: 3, inputShape: [4, 4, 2] }),
      layers.prelu({ name: 'prelu', ...(sharedAxes === null ? {} : { sharedAxes }) }),
      layers.flatten({ name: 'flat' }),
      layers.dense({ name: 'fc', units: 2 }),
    ],
  });
  const [alpha] = model.getLayer('prelu').getWeights();
  const values = Array.from({ length: alpha.size }, (_, i) => slopes[i % slopes.length]);
  model.getLayer('prelu').setWeights([tf.tensor(values, alpha.shape)]);
  return model;
}

const images = () => tf.randomUniform([3, 4, 4, 2], -4, 4, 'float32', 5);

describe('a PReLU', () => {
  test.each([[null], [[1, 2]], [[1, 2, 3]]])(
    'of one slope for all is a leaky ReLU, shared axes %j',
    (axes) => {
      const model = teacherWith([0.25], axes);
      const plan = planStudent(openTeacher(model), {});
      expect(plan.nodes.find(({ name }) => name === 'prelu')).toMatchObject({
        kind: 'merge',
        operation: { kind: 'lookup', form: { kind: 'leakyRelu', slope: 0.25 } },
      });
    },
  );

  test.each([[null], [[1, 2]]])(
    'of a slope a channel is a sum with a corrected part, shared axes %j',
    (axes) => {
      const model = teacherWith([0.25, 1, -0.5, 0], axes);
      const plan = planStudent(openTeacher(model), {});
      expect(plan.nodes.map((node) => [node.name, 'operation' in node ? node.operation.kind : ''])).toEqual([
        ['conv', 'conv2d'],
        ['prelu/below', 'affine'],
        ['prelu', 'add'],
        ['flat', 'reshape'],
        ['fc', 'dense'],
      ]);
      expect(plan.nodes[1]).toMatchObject({ activation: 'relu', tap: 'prelu/correction' });
    },
  );

  test('computes what the model computes', () => {
    for (const slopes of [[0.25], [0.25, 1, -0.5, 0]]) {
      const model = teacherWith(slopes);
      const [{ name }] = openTeacher(model).nodes;
      const x = images();
      const got = openTeacher(model)
        .evaluate(new Map([[name, x]]), ['fc'])
        .get('fc') as tf.Tensor;
      const wanted = model.predict(x) as tf.Tensor;
      expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBeLessThan(1e-5);
    }
  });

  test.each([
    [[0.1, 0.2, 0.3, 0.4, 0.5], null, 'slopes that differ from place to place'],
    [[0.25, 1.5, 0, 0], [1, 2], 'a slope above 1'],
  ])('of slopes %j is unsupported, and says why', (slopes, axes, reason) => {
    const [issue, ...others] = planIssues(openTeacher(teacherWith(slopes, axes)));
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: 'UNSUPPORTED_LAYER', path: 'teacher.layers[1] "prelu"' });
    expect(issue.message).toContain(reason);
  });

  test('of other slopes is another teacher', () => {
    const digests = [
      [0.25, 1, -0.5, 0],
      [0.25, 1, -0.5, 0.1],
    ].map((slopes) => {
      const model = teacherWith(slopes);
      model.layers[0].setWeights([tf.ones([3, 3, 2, 4]), tf.zeros([4])]);
      model.layers[3].setWeights([tf.ones([16, 2]), tf.zeros([2])]);
      return openTeacher(model).digest;
    });
    expect(digests[0]).not.toBe(digests[1]);
  });
});
