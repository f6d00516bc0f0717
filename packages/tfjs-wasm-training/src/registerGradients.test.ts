import { expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from './registerGradients.js';

test('says what to import where the sources cannot load the gradients, and is satisfied by it', async () => {
  expect(tf.getGradient('Sum')).toBeUndefined();
  await expect(registerGradients()).rejects.toMatchObject({ code: 'GRADIENTS_NOT_LOADED' });
  await import('@tensorflow/tfjs-layers');
  await registerGradients();
  expect(tf.getGradient('Sum')).toBeDefined();
});
