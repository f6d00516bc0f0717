import { join } from 'node:path';
import type { CompensateEndToEndOptions, DistillEventListener, RunOptions } from '@bnfree/distill';
import type { ImageDataset } from '@bnfree/models-alexnet';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RowSpec } from '../rowSpec.js';
import type { AccuracySetting } from '../settings.js';
import type { AccuracyTeacher } from '../teachers.js';

/** What a method works on. */
export interface MethodContext {
  readonly spec: RowSpec;
  readonly setting: AccuracySetting;
  readonly teacher: AccuracyTeacher;
  /** The caller's; a method trains a copy. */
  readonly model: LayersModel;
  /** Fitted on. */
  readonly training: ImageDataset;
  /** Held-out training images: for choosing. */
  readonly validation: ImageDataset;
  readonly test: ImageDataset;
  /** Folder of the row's checkpoints. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onEvent: DistillEventListener;
}

/** What a method made. */
export interface MethodResult {
  /** One 0 or 1 a test image. */
  readonly right: Uint8Array;
  readonly steps: number;
  readonly macs: number;
  readonly artifactBytes: number | null;
}

/** Images of every training step. */
export const batchSize = 64;

/** What every run of a distillation is given, whatever its recipe. */
export function runOptions({
  validation,
  spec,
  folder,
  signal,
  onEvent,
}: MethodContext): Omit<RunOptions, 'teacher' | 'data'> {
  return {
    validation: { images: validation.images, labels: validation.labels },
    seed: spec.seed,
    checkpoint: join(folder, 'checkpoint'),
    signal,
    onEvent,
  };
}

/** End-to-end compensation of a setting, of so many steps, without the layers' own targets. */
export function tuneOptions(
  { tuneRate, tuneStepRate }: AccuracySetting,
  steps: number,
): CompensateEndToEndOptions {
  return {
    steps,
    learningRate: tuneRate,
    stepLearningRate: tuneStepRate,
    averageDecay: 0.995,
    validateEvery: 100,
    validationImages: 1000,
  };
}
