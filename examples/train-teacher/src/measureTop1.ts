import type { ImageDataset } from '@bnfree/models-alexnet';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainableNet } from './trainableNet.js';
import type { TrainingSettings } from './trainNet.js';

/** How many images a float net puts into their class. */
export interface Top1 {
  /** Percent. */
  readonly top1: number;
  readonly correct: number;
  readonly count: number;
  /** One 0 or 1 an image. */
  readonly right: Uint8Array;
}

const batchSize = 100;

/** Top-1 of a float net on the current tfjs backend. */
export async function measureTop1(
  net: Pick<TrainableNet, 'logits'>,
  { count, shape, images, labels }: ImageDataset,
  { zeroPoint, scale }: TrainingSettings['input'],
): Promise<Top1> {
  const imageBytes = shape[0] * shape[1] * shape[2];
  const right = new Uint8Array(count);
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(count, first + batchSize);
    const stored = images.subarray(first * imageBytes, last * imageBytes);
    const classes = tf.tidy(() => {
      const real = Float32Array.from(stored, (pixel) => (pixel - zeroPoint) * scale);
      const logits = net.logits(tf.tensor(real, [last - first, ...shape]), false);
      return tf.argMax(logits, 1);
    });
    (await classes.data()).forEach((found, index) => {
      right[first + index] = found === labels[first + index] ? 1 : 0;
    });
    classes.dispose();
  }
  const correct = right.reduce((sum, one) => sum + one, 0);
  return { top1: (100 * correct) / count, correct, count, right };
}
