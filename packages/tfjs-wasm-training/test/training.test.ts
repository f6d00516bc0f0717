import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { installTrainingKernels } from '../src/index.js';
import { noise, relativeDifference } from './onBackends.js';

let undo: () => void;
beforeAll(() => {
  undo = installTrainingKernels();
});
afterAll(() => {
  undo();
});

const shapes = [[3, 3, 2, 6], [3, 3, 6, 1], [1, 1, 6, 8], [3, 3, 8, 8], [32, 4]]; // prettier-ignore

/** A strided convolution, a depthwise one, a pointwise shortcut with stride 2, max pooling and a dense layer. */
function predict(x: tf.Tensor, weights: tf.Tensor[]): tf.Tensor2D {
  const [first, depthwise, shortcut, second, dense] = weights as tf.Tensor4D[];
  let y = tf.relu(tf.conv2d(x as tf.Tensor4D, first, 1, 'same'));
  y = tf.maxPool(tf.depthwiseConv2d(y, depthwise, 1, 'same'), 3, 2, 'same');
  const wide = tf.conv2d(y, shortcut, 2, 'same');
  y = tf.relu(tf.add(wide, tf.conv2d(wide, second, 1, 'same')));
  return tf.matMul(tf.reshape<tf.Rank.R2>(y, [x.shape[0], 32]), dense);
}

function loss(x: tf.Tensor, weights: tf.Tensor[]): tf.Scalar {
  const labels = tf.oneHot(tf.range(0, x.shape[0], 1, 'int32'), 4);
  const logits = predict(x, weights);
  // Not tf.logSoftmax: tfjs takes what its own gradient keeps for a leak when IS_TEST is set.
  return tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(labels, logits), 1)));
}

function images(): tf.Tensor {
  return noise([4, 8, 8, 2], 1);
}

function initialWeights(): tf.Tensor[] {
  return shapes.map((shape, index) => tf.mul(noise(shape, 10 + index), 0.5));
}

describe('a net with every kind of layer', () => {
  test('has the gradients of the cpu backend', async () => {
    const compute = (): tf.Tensor[] => {
      const x = images();
      return tf.grads((...weights: tf.Tensor[]) => loss(x, weights))(initialWeights());
    };
    expect(await relativeDifference(compute)).toBeLessThan(1e-4);
  });

  test('learns, and leaves no tensor and no memory behind', async () => {
    await tf.setBackend('wasm');
    const x = images();
    const weights = tf.tidy(() => initialWeights().map((weight) => tf.variable(weight)));
    const optimizer = tf.train.momentum(0.1, 0.9);
    const step = (): number => {
      const value = optimizer.minimize(() => loss(x, weights), true);
      const [number = NaN] = value?.dataSync() ?? [];
      value?.dispose();
      return number;
    };
    const firstLoss = step();
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    const losses = Array.from({ length: 25 }, step);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
    expect(losses.at(-1)).toBeLessThan(firstLoss / 2);
    tf.dispose([x, ...weights]);
    optimizer.dispose();
  });
});
