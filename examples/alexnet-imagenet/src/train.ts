import { join } from 'node:path';
import { sha256Hex } from '@bnfree/core';
import {
  saveTeacher,
  startBackend,
  stepLines,
  trainableModel,
  trainBatches,
  type BackendName,
} from '@bnfree/example-train-teacher';
import { alexnet, type AlexnetVariant, loadWeights, pixelTransform } from '@bnfree/models-alexnet';
import { type DecoderName, imageBatches } from '@bnfree/models-alexnet/images';
import type { CommandContext } from './commandContext.js';
import { learningRate, type OptimizerName, recipes } from './learningRate.js';
import { openImageSource } from './openImageSource.js';
import { writeClasses } from './teacherFolder.js';

export interface TrainFlags {
  readonly images: readonly string[];
  readonly labels?: string;
  readonly variant: AlexnetVariant;
  readonly size?: number;
  readonly dropout?: number;
  readonly start?: string;
  readonly optimizer: OptimizerName;
  readonly epochs?: number;
  readonly batch?: number;
  readonly microBatch: number;
  readonly rate?: number;
  readonly seed: number;
  readonly backend: BackendName;
  readonly workers?: number;
  readonly decoder: DecoderName;
  readonly checkpointEvery: number;
  readonly out: string;
}

/** What a training run says at its end. */
export interface TrainResult {
  readonly images: number;
  readonly classes: number;
  readonly steps: number;
  /** Mean loss of the last tenth of the steps that this call made; null where all were made before. */
  readonly loss: number | null;
  readonly seconds: number;
  /** Share of the time that the trainer waited for images, 0 to 1. */
  readonly waitShare: number;
  readonly imagesPerSecond: number;
  readonly damaged: number;
  readonly files: readonly string[];
}

/** Trains AlexNet with batch normalization on images from disk; the same call goes on from its checkpoint. */
export async function train(flags: TrainFlags, context: CommandContext): Promise<TrainResult> {
  const { optimizer, seed, out } = flags;
  const recipe = recipes[optimizer];
  const { epochs = recipe.epochs, batch: batchSize = recipe.batchSize, rate = recipe.rate } = flags;
  const set = await openImageSource('--images', flags.images, labelsOf(flags));
  for (const { name, reason } of set.damaged) context.progress.write(`damaged: ${name}: ${reason}\n`);
  await startBackend(flags.backend);
  const model = alexnet({
    variant: flags.variant,
    classes: set.classes.length,
    seed,
    ...(flags.size === undefined ? {} : { inputSize: flags.size }),
    ...(flags.dropout === undefined ? {} : { dropout: flags.dropout }),
  });
  if (flags.start !== undefined) await loadWeights(model, flags.start);
  const size = model.inputs[0].shape[1] as number;
  const { zeroPoint, scale } = pixelTransform(model);
  const batchesFrom = (firstBatch: number) =>
    imageBatches(set, {
      ...{ size, batchSize, epochs, seed, firstBatch },
      ...{ crop: 'random', flip: true, shuffle: true, decoder: flags.decoder },
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      onDamaged: ({ name, reason }) => {
        damaged += 1;
        context.progress.write(`damaged: ${name}: ${reason}\n`);
      },
    });
  let damaged = 0;
  const steps = batchesFrom(0).batchCount;
  const losses: number[] = [];
  let waitMs = 0;
  const writeLine = stepLines(context.progress, batchSize, () => performance.now());
  const startMs = performance.now();
  const classes = sha256Hex(new TextEncoder().encode(JSON.stringify(set.classes)));
  const fingerprint = [model.name, size, set.count, classes, epochs, batchSize, optimizer, rate, seed];
  await trainBatches(
    trainableModel(model),
    { shape: [size, size, 3], stepsPerEpoch: Math.ceil(set.count / batchSize), from: batchesFrom },
    {
      steps,
      optimizer: optimizer === 'sgd' ? 'momentum' : 'adam',
      rate: (step) => learningRate(optimizer, rate, step / steps),
      weightDecay: 0,
      l2: recipe.l2,
      microBatch: flags.microBatch,
      ...('epsilon' in recipe ? { epsilon: recipe.epsilon } : {}),
      input: { zeroPoint, scale: scale.numerator / scale.denominator },
      seed,
      checkpoint: join(out, 'checkpoint'),
      checkpointEverySteps: flags.checkpointEvery,
      fingerprint: JSON.stringify([
        ...fingerprint,
        flags.decoder,
        flags.start ?? null,
        flags.dropout ?? null,
      ]),
    },
    {
      signal: context.signal,
      onStep: (step) => {
        losses.push(step.loss);
        waitMs += step.waitMs;
        writeLine(step);
      },
    },
  );
  const passedMs = performance.now() - startMs;
  const saved = await saveTeacher(model, out);
  await writeClasses(out, set.classes);
  model.dispose();
  const last = losses.slice(-Math.ceil(losses.length / 10));
  return {
    images: set.count,
    classes: set.classes.length,
    steps,
    loss: last.length === 0 ? null : last.reduce((sum, loss) => sum + loss, 0) / last.length,
    seconds: passedMs / 1000,
    waitShare: waitMs / passedMs,
    imagesPerSecond: (1000 * losses.length * batchSize) / passedMs,
    damaged: set.damaged.length + damaged,
    files: [saved.model.path, saved.weights.path, join(out, 'classes.json')],
  };
}

function labelsOf({ labels }: Pick<TrainFlags, 'labels'>): { readonly labels?: string } {
  return labels === undefined ? {} : { labels };
}
