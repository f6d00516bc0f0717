import { createBatches, type Augmentation, openImages } from '@bnfree/distill';
import type { ImageDataset } from '@bnfree/models-alexnet';
import { oneCycle } from './oneCycle.js';
import { type BatchFeed, trainBatches, type TrainingControl } from './trainBatches.js';
import type { TrainableNet } from './trainableNet.js';

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
  control: TrainingControl,
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
  const { optimizer, weightDecay } = settings;
  const feed: BatchFeed = {
    shape: data.shape,
    stepsPerEpoch: batches.stepsPerEpoch,
    *from(first) {
      for (let step = first; step < steps; step += 1) yield batches.batch(step);
    },
  };
  const fingerprint = JSON.stringify([
    net.name,
    data.count,
    steps,
    batchSize,
    optimizer,
    peakRate,
    weightDecay,
    seed,
  ]);
  const rate = (step: number): number => oneCycle(step, steps, peakRate);
  await trainBatches(net, feed, { ...settings, fingerprint, rate }, control);
}
