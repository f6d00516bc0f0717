import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

/** Images of 8 x 8 whose bright quadrant is their class: stored pixels and labels, always the same. */
export function makeImages(count) {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const images = new Uint8Array(count * 64);
  const labels = Int32Array.from({ length: count }, (_, image) => image % 4);
  labels.forEach((label, image) => {
    for (let pixel = 0; pixel < 64; pixel++) {
      const quadrant = (pixel >> 5) * 2 + ((pixel >> 2) & 1);
      images[image * 64 + pixel] = (quadrant === label ? 128 : 0) + random() * 127;
    }
  });
  return { images, labels };
}

/** A small network with batch normalization, trained on pixels of -1 to 1. */
export async function trainTeacher({ images, labels }) {
  const seeded = (seed) => ({ className: 'GlorotUniform', config: { seed } });
  const model = sequential({
    layers: [
      layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer: seeded(1),
      }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 4 }),
      layers.flatten(),
      layers.dense({ units: 4, kernelInitializer: seeded(2) }),
    ],
  });
  const optimizer = tf.train.adam(0.02);
  model.compile({ optimizer, loss: (oneHot, logits) => tf.losses.softmaxCrossEntropy(oneHot, logits) });
  const pixels = tf.tensor4d(Float32Array.from(images), [labels.length, 8, 8, 1]);
  const inputs = tf.div(tf.sub(pixels, 128), 128);
  await model.fit(inputs, tf.oneHot(tf.tensor1d(labels, 'int32'), 4), {
    epochs: 8,
    shuffle: false,
    verbose: 0,
  });
  return model;
}
