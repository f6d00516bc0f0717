import {
  createBatches,
  folderCheckpoints,
  type Augmentation,
  type ImageBatch,
  openImages,
} from '@bnfree/distill';
import type { ImageDataset } from '@bnfree/models-alexnet';
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from './crossEntropy.js';
import { oneCycle } from './oneCycle.js';
import type { TrainableNet } from './trainableNet.js';
import { restoreTraining, saveTraining } from './trainingState.js';

/** What one training run is asked to do. */
export interface TrainingSettings {
  readonly steps: number;
  readonly batchSize: number;
  /** Nesterov momentum 0.9, or Adam. */
  readonly optimizer: 'momentum' | 'adam';
  /** Learning rate at the top of its cycle. */
  readonly peakRate: number;
  /** Share of a kernel that is taken off it, times the learning rate, at every step. */
  readonly weightDecay: number;
  /** A stored pixel `p` stands for `(p - zeroPoint) * scale`. */
  readonly input: { readonly zeroPoint: number; readonly scale: number };
  readonly augmentation: Augmentation;
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
 * Trains a net of floats in place, towards the labels, over one cycle of the learning rate.
 *
 * Same seed, same tfjs backend: same weights, also after a resumption. Rejects with the signal's reason when it is aborted; what
 * is done is kept.
 */
export async function trainNet(
  net: TrainableNet,
  data: ImageDataset,
  settings: TrainingSettings,
  { signal, onStep }: TrainingControl,
): Promise<void> {
  const { batchSize, steps, peakRate, seed } = settings;
  const batches = createBatches({
    pool: await openImages({ images: data.images, labels: data.labels }, { shape: data.shape }),
    batchSize,
    seed,
    purpose: 'trainNet',
    augmentation: settings.augmentation,
    fillValue: settings.input.zeroPoint,
  });
  const store = folderCheckpoints(settings.checkpoint);
  await store.assertWritable();
  const optimizer = openOptimizer(settings);
  const { optimizer: kind, weightDecay } = settings;
  const fingerprint = JSON.stringify([
    net.name,
    data.count,
    steps,
    batchSize,
    kind,
    peakRate,
    weightDecay,
    seed,
  ]);
  const save = (step: number): Promise<void> =>
    saveTraining(store, { net, optimizer: optimizer.tfjs, step, fingerprint });
  try {
    let step = await restoreTraining(store, { net, optimizer: optimizer.tfjs, fingerprint });
    for (; step < steps; step += 1) {
      if (signal.aborted) {
        await save(step);
        signal.throwIfAborted();
      }
      const rate = oneCycle(step, steps, peakRate);
      optimizer.setRate(rate);
      net.beforeStep?.(seed, step);
      const loss = await trainStep(net, optimizer.tfjs, batches.batch(step), data.shape, settings);
      decay(net.decayed, rate * weightDecay);
      onStep({ step: step + 1, steps, epoch: Math.floor(step / batches.stepsPerEpoch) + 1, loss, rate });
      if ((step + 1) % settings.checkpointEverySteps === 0) await save(step + 1);
      // Without it no signal could come in: the kernels wait for nothing.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    optimizer.dispose();
  }
}

async function trainStep(
  net: TrainableNet,
  optimizer: tf.Optimizer,
  { images, count, labels }: ImageBatch,
  shape: readonly number[],
  { input }: TrainingSettings,
): Promise<number> {
  const loss = tf.tidy(() => {
    const real = Float32Array.from(images, (pixel) => (pixel - input.zeroPoint) * input.scale);
    const x = tf.tensor(real, [count, ...shape]);
    const y = tf.tensor1d(labels as Int32Array, 'int32');
    const of = (): tf.Scalar => crossEntropy(net.logits(x, true), y);
    return optimizer.minimize(of, true, [...net.trained]) as tf.Scalar;
  });
  const [value] = await loss.data();
  loss.dispose();
  return value;
}

function decay(variables: readonly tf.Variable[], share: number): void {
  if (share === 0) return;
  tf.tidy(() => {
    for (const variable of variables) variable.assign(tf.mul(variable, 1 - share));
  });
}

interface OpenOptimizer {
  readonly tfjs: tf.Optimizer;
  setRate(rate: number): void;
  dispose(): void;
}

function openOptimizer({ optimizer, peakRate }: TrainingSettings): OpenOptimizer {
  if (optimizer === 'adam') {
    const adam = tf.train.adam(peakRate);
    return {
      tfjs: adam,
      setRate(rate) {
        (adam as unknown as { learningRate: number }).learningRate = rate;
      },
      dispose() {
        adam.dispose();
      },
    };
  }
  const momentum = tf.train.momentum(peakRate, 0.9, true);
  return {
    tfjs: momentum,
    setRate(rate) {
      momentum.setLearningRate(rate);
    },
    dispose() {
      momentum.dispose();
      // tfjs 4.22 forgets the scalar that its parent class holds.
      (momentum as unknown as { c: tf.Scalar }).c.dispose();
    },
  };
}
