import { beforeAll, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { createAdam, disposeAdam, stepAdam } from './adam.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

test("takes the steps of tfjs's own Adam", () => {
  const start = [1, -2, 3];
  const variable = tf.tensor1d(start).variable();
  const optimizer = tf.train.adam(0.01);
  const parameters: tf.Tensor[] = [tf.tensor1d(start)];
  const state = createAdam(parameters);
  for (let step = 0; step < 20; step += 1) {
    const gradient = tf.tensor1d([0.5, Math.sin(step), -step]);
    optimizer.applyGradients([{ name: variable.name, tensor: gradient }]);
    stepAdam(parameters, [gradient], state, step, [0.01]);
  }
  const expected = variable.dataSync();
  parameters[0].dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 5);
  });
});

test('leaves a parameter with rate 0 alone and frees everything', () => {
  const before = tf.memory().numTensors;
  const parameters: tf.Tensor[] = [tf.scalar(1), tf.scalar(2)];
  const state = createAdam(parameters);
  const gradients = [tf.scalar(1), tf.scalar(1)];
  stepAdam(parameters, gradients, state, 0, [0, 0.1]);
  expect(parameters.map((p) => p.dataSync()[0])).toEqual([1, expect.closeTo(1.9, 4)]);
  tf.dispose([...parameters, ...gradients]);
  disposeAdam(state);
  expect(tf.memory().numTensors).toBe(before);
});
