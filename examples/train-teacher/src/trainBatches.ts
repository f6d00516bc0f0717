import type { ImageBatch } from '@bnfree/distill';
import { folderCheckpoints } from '@bnfree/distill';
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from './crossEntropy.js';
import { FrugalAdam } from './frugalAdam.js';
import type { TrainableNet } from './trainableNet.js';
import { restoreTraining, saveTraining } from './trainingState.js';

/** The batches of a run, addressed by step. */
export interface BatchFeed {
  /** `[height, width, channels]` of an image. */
  readonly shape: readonly number[];
  readonly stepsPerEpoch: number;
  /** The batches of a step, from 0, and of those behind it. A batch without images is passed over. */
  from(step: number): AsyncIterable<ImageBatch> | Iterable<ImageBatch>;
}

/** How a net moves from step to step. */
export interface StepSettings {
  readonly steps: number;
  /** Nesterov momentum 0.9, or Adam. */
  readonly optimizer: 'momentum' | 'adam';
  /** Learning rate of a step, from 0. */
  readonly rate: (step: number) => number;
  /** Share of a kernel that is taken off it, times the learning rate, at every step. */
  readonly weightDecay: number;
  /** Half of it times the sum of squares of the kernels is part of what is minimized, not of the loss that is told; default 0. */
  readonly l2?: number;
  /** Images whose gradients are computed at once, those of a batch then added up; normalization sees so many. All by default. */
  readonly microBatch?: number;
  /** Of Adam; the backend's default, 1e-7, where it is left out. */
  readonly epsilon?: number;
  /** A stored pixel `p` stands for `(p - zeroPoint) * scale`. */
  readonly input: { readonly zeroPoint: number; readonly scale: number };
  readonly seed: number;
  /** Folder of the checkpoint; the same call goes on from it. */
  readonly checkpoint: string;
  readonly checkpointEverySteps: number;
  /** What the run was asked to do; the checkpoint of another run is refused. */
  readonly fingerprint: string;
}

/** What a run tells after each step. */
export interface TrainingStep {
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly loss: number;
  readonly rate: number;
  /** Milliseconds that the step waited for its images. */
  readonly waitMs: number;
}

/** What a run hears and tells. */
export interface TrainingControl {
  readonly signal: AbortSignal;
  readonly onStep: (step: TrainingStep) => void;
}

/**
 * Trains a net of floats in place, towards the labels, on batches as they come.
 *
 * Same seed, same batches, same tfjs backend: same weights, also after a resumption. Rejects with the signal's reason when it is
 * aborted; what is done is kept.
 */
export async function trainBatches(
  net: TrainableNet,
  feed: BatchFeed,
  settings: StepSettings,
  { signal, onStep }: TrainingControl,
): Promise<void> {
  const { steps, seed, fingerprint, weightDecay } = settings;
  const store = folderCheckpoints(settings.checkpoint);
  await store.assertWritable();
  const optimizer = openOptimizer(settings);
  const trained = { net, optimizer: optimizer.tfjs, fingerprint };
  try {
    let step = await restoreTraining(store, trained);
    let askedMs = performance.now();
    if (step === steps) return;
    for await (const batch of feed.from(step)) {
      const waitMs = performance.now() - askedMs;
      if (signal.aborted) {
        await saveTraining(store, { ...trained, step });
        signal.throwIfAborted();
      }
      const rate = settings.rate(step);
      optimizer.setRate(rate);
      net.beforeStep?.(seed, step);
      const loss = batch.count === 0 ? 0 : await trainStep(net, optimizer.tfjs, batch, feed.shape, settings);
      if (batch.count > 0) decay(net.decayed, rate * weightDecay);
      const epoch = Math.floor(step / feed.stepsPerEpoch) + 1;
      step += 1;
      onStep({ step, steps, epoch, loss, rate, waitMs });
      if (step % settings.checkpointEverySteps === 0) await saveTraining(store, { ...trained, step });
      if (step === steps) return;
      // Without it no signal could come in: the kernels wait for nothing.
      await new Promise((resolve) => setImmediate(resolve));
      askedMs = performance.now();
    }
  } finally {
    optimizer.dispose();
  }
}

async function trainStep(
  net: TrainableNet,
  optimizer: tf.Optimizer,
  batch: ImageBatch,
  shape: readonly number[],
  settings: StepSettings,
): Promise<number> {
  const { l2 = 0, microBatch = batch.count } = settings;
  let loss = 0;
  let grads: tf.NamedTensorMap = {};
  for (let first = 0; first < batch.count; first += microBatch) {
    const count = Math.min(microBatch, batch.count - first);
    const share = count / batch.count;
    const part = partGradients(net, optimizer, partOf(batch, first, count), shape, settings);
    const [value] = await part.value.data();
    part.value.dispose();
    loss += value * share;
    grads = share === 1 ? part.grads : addScaled(grads, part.grads, share);
  }
  // The gradient of the squares is the kernel: adding it here keeps them out of the graph.
  for (const kernel of l2 === 0 ? [] : net.decayed) {
    const plain = grads[kernel.name];
    grads[kernel.name] = tf.tidy(() => tf.add(plain, tf.mul(kernel, l2)));
    plain.dispose();
  }
  optimizer.applyGradients(grads);
  tf.dispose(grads);
  return loss;
}

function partOf({ images, labels, count }: ImageBatch, first: number, length: number): ImageBatch {
  const imageBytes = images.length / count;
  return {
    count: length,
    images: images.subarray(first * imageBytes, (first + length) * imageBytes),
    labels: labels === null ? null : labels.slice(first, first + length),
  };
}

function partGradients(
  net: TrainableNet,
  optimizer: tf.Optimizer,
  { images, count, labels }: ImageBatch,
  shape: readonly number[],
  { input }: StepSettings,
): ReturnType<tf.Optimizer['computeGradients']> {
  return tf.tidy(() => {
    const real = Float32Array.from(images, (pixel) => (pixel - input.zeroPoint) * input.scale);
    const x = tf.tensor(real, [count, ...shape]);
    const y = tf.tensor1d(labels as Int32Array, 'int32');
    return optimizer.computeGradients(() => crossEntropy(net.logits(x, true), y), [...net.trained]);
  });
}

/** `sums + parts * share`, one variable after another; both are disposed. */
function addScaled(sums: tf.NamedTensorMap, parts: tf.NamedTensorMap, share: number): tf.NamedTensorMap {
  const added = Object.entries(parts).map(([name, part]) => {
    const held = name in sums ? [sums[name]] : [];
    const sum = tf.tidy(() => {
      const scaled = tf.mul(part, share);
      return held.length === 0 ? scaled : tf.add(held[0], scaled);
    });
    tf.dispose([part, ...held]);
    return [name, sum] as const;
  });
  return Object.fromEntries(added);
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

function openOptimizer({ optimizer, rate, epsilon }: StepSettings): OpenOptimizer {
  if (optimizer === 'adam') {
    const adam = new FrugalAdam(rate(0), 0.9, 0.999, epsilon);
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
  const momentum = tf.train.momentum(rate(0), 0.9, true);
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
