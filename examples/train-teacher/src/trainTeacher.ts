import { createBatches, folderCheckpoints, type ImageBatch, openImages, randomStream } from '@bnfree/distill';
import type { ImageDataset } from '@bnfree/models-alexnet';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { crossEntropy } from './crossEntropy.js';
import { oneCycle } from './oneCycle.js';
import { restoreTraining, saveTraining } from './trainingState.js';
import type { TeacherRecipe } from './teacherRecipes.js';

/** What one training run is asked to do. */
export interface TrainingSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly peakRate: number;
  readonly seed: number;
  /** Folder of the checkpoint; the same call goes on from it. */
  readonly checkpoint: string;
  readonly checkpointEverySteps: number;
}

/** What a run tells after each step. */
export interface TrainingStep {
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly loss: number;
  readonly rate: number;
}

/** What a run hears and tells. */
export interface TrainingControl {
  readonly signal: AbortSignal;
  readonly onStep: (step: TrainingStep) => void;
}

/**
 * Trains a teacher in place: stochastic gradient descent with Nesterov momentum 0.9 and weight decay, over one cycle.
 *
 * Same seed, same tfjs backend: same weights, also after a resumption. Rejects with the signal's reason when it is aborted; what
 * is done is kept.
 */
export async function trainTeacher(
  model: LayersModel,
  data: ImageDataset,
  recipe: TeacherRecipe,
  settings: TrainingSettings,
  { signal, onStep }: TrainingControl,
): Promise<void> {
  const { epochs, batchSize, peakRate, seed } = settings;
  const batches = createBatches({
    pool: await openImages({ images: data.images, labels: data.labels }, { shape: data.shape }),
    batchSize,
    seed,
    purpose: 'trainTeacher',
    augmentation: recipe.augmentation,
    fillValue: recipe.input.zeroPoint,
  });
  const steps = epochs * batches.stepsPerEpoch;
  const store = folderCheckpoints(settings.checkpoint);
  await store.assertWritable();
  const optimizer = tf.train.momentum(peakRate, 0.9, true);
  const fingerprint = JSON.stringify([model.name, data.count, epochs, batchSize, peakRate, seed]);
  const save = (step: number): Promise<void> => saveTraining(store, { model, optimizer, step, fingerprint });
  try {
    let step = await restoreTraining(store, { model, optimizer, fingerprint });
    for (; step < steps; step += 1) {
      if (signal.aborted) {
        await save(step);
        signal.throwIfAborted();
      }
      const rate = oneCycle(step, steps, peakRate);
      optimizer.setLearningRate(rate);
      seedDropout(model, seed, step);
      const loss = await trainStep(model, optimizer, batches.batch(step), recipe);
      decayKernels(model, rate * recipe.weightDecay);
      onStep({ step: step + 1, steps, epoch: Math.floor(step / batches.stepsPerEpoch) + 1, loss, rate });
      if ((step + 1) % settings.checkpointEverySteps === 0) await save(step + 1);
      // Without it no signal could come in: the kernels wait for nothing.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    optimizer.dispose();
    // tfjs 4.22 forgets the scalar that its parent class holds.
    (optimizer as unknown as { c: tf.Scalar }).c.dispose();
  }
}

async function trainStep(
  model: LayersModel,
  optimizer: tf.Optimizer,
  { images, count, labels }: ImageBatch,
  { input }: TeacherRecipe,
): Promise<number> {
  const loss = tf.tidy(() => {
    const real = Float32Array.from(images, (pixel) => (pixel - input.zeroPoint) * input.scale);
    const x = tf.tensor(real, [count, ...(model.inputs[0].shape.slice(1) as number[])]);
    const y = tf.tensor1d(labels as Int32Array, 'int32');
    const variables = model.trainableWeights.map((weight) => weight.read() as unknown as tf.Variable);
    const of = (): tf.Scalar => crossEntropy(model.apply(x, { training: true }) as tf.Tensor, y);
    return optimizer.minimize(of, true, variables) as tf.Scalar;
  });
  const [value] = await loss.data();
  loss.dispose();
  return value;
}

/** tfjs's dropout draws unseeded numbers, or the same ones at every step. */
function seedDropout(model: LayersModel, seed: number, step: number): void {
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'Dropout') continue;
    (layer as unknown as { seed: number }).seed = randomStream(seed, layer.name, 'dropout', step).nextInt(
      1,
      2 ** 30,
    );
  }
}

function decayKernels(model: LayersModel, share: number): void {
  tf.tidy(() => {
    for (const weight of model.trainableWeights) {
      if (weight.originalName.endsWith('/kernel')) weight.write(tf.mul(weight.read(), 1 - share));
    }
  });
}
