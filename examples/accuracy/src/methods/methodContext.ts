import type { DistillEventListener } from '@bnfree/distill';
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
