import { randomStream } from '@bnfree/distill';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A net of floats whose variables move. */
export interface TrainableNet {
  readonly name: string;
  /** Moved by the optimizer. */
  readonly trained: readonly tf.Variable[];
  /** Those of `trained` that weight decay makes smaller. */
  readonly decayed: readonly tf.Variable[];
  /** All that a checkpoint must hold: the trained ones and running statistics. */
  readonly state: readonly tf.Variable[];
  /** `[batch, classes]` of real `images`; moves running statistics where `isTraining`. */
  logits(images: tf.Tensor, isTraining: boolean): tf.Tensor;
  /** Makes a step repeat: called before each. */
  beforeStep?(seed: number, step: number): void;
}

/** A layers-model whose output are logits. */
export function trainableModel(model: LayersModel): TrainableNet {
  const variables = (weights: LayersModel['weights']): tf.Variable[] =>
    weights.map((weight) => weight.read() as unknown as tf.Variable);
  const kernels = model.trainableWeights.filter(({ originalName }) => originalName.endsWith('/kernel'));
  const dropouts = model.layers.filter((layer) => layer.getClassName() === 'Dropout');
  return {
    name: model.name,
    trained: variables(model.trainableWeights),
    decayed: variables(kernels),
    state: variables(model.weights),
    logits: (images, training) => model.apply(images, { training }) as tf.Tensor,
    beforeStep(seed, step) {
      // tfjs's dropout draws unseeded numbers, or the same ones at every step.
      for (const layer of dropouts) {
        const stream = randomStream(seed, layer.name, 'dropout', step);
        (layer as unknown as { seed: number }).seed = stream.nextInt(1, 2 ** 30);
      }
    },
  };
}
