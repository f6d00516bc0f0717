import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { randomStream } from '../src/random/randomStream.js';

/** Shape of the tiny teacher's images. */
export const tinyShape = [6, 6, 2] as const;
export const tinyClasses = 4;

/** How tiny teachers take their pixels. */
export const tinyInput = { zeroPoint: 128, scale: { numerator: 1, denominator: 64 } } as const;

/** What short runs have in common. */
export const fewImages = { input: tinyInput, fitImages: 64, batchSize: 16, seed: 7 } as const;

/** A run of a second: few steps of both stages, few images. */
export const shortRun = {
  ...fewImages,
  fit: { steps: 8, validateEvery: 4 },
  tune: { steps: 4, validateEvery: 2 },
} as const;

/**
 * A chain with everything that can go wrong with normalisation: a stand-alone one behind a pool, a negative gamma, a
 * channel without variance, one without gamma and beta. Weights come from a seed, not from tfjs's own generator.
 */
export function tinyTeacher(seed = 1): tfl.LayersModel {
  const { layers } = tfl;
  const model = tfl.sequential({
    name: 'tiny',
    layers: [
      layers.conv2d({
        filters: 6,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        inputShape: [...tinyShape],
        name: 'conv1',
      }),
      layers.batchNormalization({ name: 'bn1' }),
      layers.reLU({ name: 'relu1' }),
      layers.maxPooling2d({ poolSize: 2, name: 'pool1' }),
      layers.batchNormalization({ name: 'bn2' }),
      layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', name: 'conv2' }),
      layers.batchNormalization({ scale: false, center: false, name: 'bn3' }),
      layers.reLU({ name: 'relu2' }),
      layers.flatten({ name: 'flatten' }),
      layers.dropout({ rate: 0.5, name: 'drop' }),
      layers.dense({ units: tinyClasses, name: 'fc' }),
      layers.softmax({ name: 'softmax' }),
    ],
  });
  fillWeights(model, seed);
  return model;
}

/** Weights from a seed: tfjs's own generator is not reproducible. */
export function fillWeights(model: tfl.LayersModel, seed: number): void {
  for (const layer of model.layers) {
    const values = layer.weights.map(({ name, shape }) => {
      const size = shape.reduce<number>((a, b) => a * (b ?? 1), 1);
      const stream = randomStream(seed, name.replace(/_\d+$/, ''));
      const uniform = (): number => stream.nextInt(-1000, 1000) / 1000;
      const draw = Float32Array.from({ length: size }, () => valueOf(name, uniform()));
      if (name.startsWith('bn1/gamma')) draw[1] = -0.7;
      // A channel that never varies: zero weights, so that its mean is zero as well.
      if (name.startsWith('conv1/kernel')) draw.forEach((_, i) => (draw[i] = i % 6 === 2 ? 0 : draw[i]));
      if (name.startsWith('bn1/moving_mean') || name.startsWith('bn1/moving_variance')) draw[2] = 0;
      return tf.tensor(draw, shape as number[]);
    });
    layer.setWeights(values);
    tf.dispose(values);
  }
}

function valueOf(name: string, uniform: number): number {
  if (name.includes('moving_variance')) return 0.6 + 0.5 * uniform;
  if (name.includes('gamma')) return 1 + 0.4 * uniform;
  return 0.5 * uniform;
}

/** Random images that are smooth enough for layers to have something to say about. */
export function tinyImages(count: number, seed = 5): { images: Uint8Array; labels: Int32Array } {
  const stream = randomStream(seed, 'images');
  const images = Uint8Array.from({ length: count * 72 }, () => stream.nextInt(0, 255));
  const labels = Int32Array.from({ length: count }, () => stream.nextInt(0, tinyClasses - 1));
  return { images, labels };
}
