import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { teacherLayers } from '../src/index.js';
import { fillWeights, tinyClasses, tinyShape } from './tinyTeacher.js';

/** DoReFa weights and quantized activations with normalization between: signs, odd integers, a gamma below zero and one of zero. */
export function lowBitTeacher({ weightBits = 2, bits = 2, hasDeadChannel = false } = {}): tfl.LayersModel {
  const { layers } = tfl;
  const { doReFaConv2d, doReFaDense, quantizedActivation } = teacherLayers(tfl);
  const model = tfl.sequential({
    name: 'low-bit',
    layers: [
      doReFaConv2d({
        name: 'conv1',
        filters: 6,
        kernelSize: 3,
        padding: 'same',
        weightBits: 8,
        inputShape: [...tinyShape],
      }),
      layers.batchNormalization({ name: 'norm1' }),
      quantizedActivation({ name: 'quant1', bits }),
      doReFaConv2d({ name: 'conv2', filters: 8, kernelSize: 3, padding: 'same', useBias: false, weightBits }),
      layers.batchNormalization({ name: 'norm2' }),
      quantizedActivation({ name: 'quant2', bits }),
      layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
      layers.batchNormalization({ name: 'norm3' }),
      quantizedActivation({ name: 'quant3', bits }),
      layers.flatten({ name: 'flatten' }),
      doReFaDense({ name: 'fc', units: tinyClasses, weightBits: 8 }),
    ],
  });
  fillWeights(model, 3);
  // Activations in 0 .. 1 need normalizations that put them there; a gamma below zero and one of zero among them.
  for (const [name, channels] of [
    ['norm1', 6],
    ['norm2', 8],
    ['norm3', 8],
  ] as const) {
    const weights = model.getLayer(name).getWeights();
    const gamma = weights[0].dataSync().map((value, channel) => 0.4 * (channel === 1 ? -value : value));
    if (name === 'norm2') gamma[3] = 0;
    const beta = weights[1].dataSync().map((value) => 0.4 + 0.3 * value);
    const variance = weights[3].dataSync().slice();
    if (name === 'norm2' && hasDeadChannel) variance[5] = 0;
    const tensors = [gamma, beta, weights[2].dataSync(), variance].map((values) =>
      tf.tensor1d(values, 'float32'),
    );
    if (tensors[0].size !== channels) throw new RangeError(name);
    model.getLayer(name).setWeights(tensors);
  }
  return model;
}
