import * as tf from '@tensorflow/tfjs-core';

/** A small AlexNet for 32 x 32 images: convolutions [size, inputs, outputs, pooled afterwards], then dense layers. */
const convolutions = [
  [5, 3, 32, true],
  [5, 32, 64, true],
  [3, 64, 96, false],
  [3, 96, 96, false],
  [3, 96, 64, true],
] as const;
const dense = [1024, 256, 128, 10] as const;
const imageSize = 32;

export interface AlexNetLike {
  /** Multiplications of one image's forward pass. */
  readonly macs: number;
  /** Runs one step of gradient descent on fixed random images; returns the loss. */
  step(): number;
  dispose(): void;
}

/** Makes the net, `batch` random images and labels, and an optimizer on the current backend. */
export function alexNetLike(batch: number): AlexNetLike {
  const filters = convolutions.map(([size, inputs, outputs], index) =>
    variable([size, size, inputs, outputs], Math.sqrt(2 / (size * size * inputs)), 1 + index),
  );
  const weights = dense
    .slice(1)
    .map((outputs, i) => variable([dense[i] ?? 0, outputs], Math.sqrt(2 / (dense[i] ?? 1)), 10 + i));
  const images = tf.randomNormal<tf.Rank.R4>([batch, imageSize, imageSize, 3], 0, 1, 'float32', 99);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: batch }, (_, i) => i % 10),
      'int32',
    ),
    10,
  );
  const optimizer = tf.train.momentum(0.01, 0.9);
  const loss = (): tf.Scalar => {
    let features = images;
    convolutions.forEach(([, , , isPooled], index) => {
      features = tf.relu(tf.conv2d(features, filters[index] as tf.Tensor4D, 1, 'same'));
      if (isPooled) features = tf.maxPool(features, 2, 2, 'valid');
    });
    let hidden = tf.reshape<tf.Rank.R2>(features, [batch, dense[0]]);
    weights.forEach((matrix, index) => {
      const product = tf.matMul<tf.Tensor2D>(hidden, matrix);
      hidden = index === weights.length - 1 ? product : tf.relu(product);
    });
    return tf.losses.softmaxCrossEntropy(labels, hidden);
  };
  return {
    macs: multiplications(),
    step() {
      const value = optimizer.minimize(loss, true);
      const [number] = value?.dataSync() ?? [NaN];
      value?.dispose();
      return number;
    },
    dispose() {
      tf.dispose([images, labels, ...filters, ...weights]);
      optimizer.dispose();
    },
  };
}

function variable(shape: number[], deviation: number, seed: number): tf.Variable {
  return tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, deviation, 'float32', seed)));
}

function multiplications(): number {
  let size = imageSize;
  let sum = 0;
  for (const [filterSize, inputs, outputs, isPooled] of convolutions) {
    sum += size * size * filterSize * filterSize * inputs * outputs;
    if (isPooled) size /= 2;
  }
  return dense.slice(1).reduce((total, outputs, i) => total + (dense[i] ?? 0) * outputs, sum);
}
