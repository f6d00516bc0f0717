import type { KernelBackend } from '@bnfree/integer-kernels';
import type { CheckpointStore } from '../checkpoint/checkpointStore.js';
import type { ImageSource } from '../data/imageSource.js';
import type { DistillEventListener } from '../events.js';
import type { TfjsGraphModel } from '../teacher/graphModel/tfjsGraphModel.js';
import type { Teacher } from '../teacher/teacher.js';
import type { TfjsLayersModel } from '../teacher/tfjsLayersModel.js';

/** What one run works on. */
export interface RunOptions {
  /** A tfjs LayersModel or GraphModel, or what `openTeacher`, `openGraphTeacher` or `functionTeacher` made. */
  readonly teacher: TfjsLayersModel | TfjsGraphModel | Teacher;
  /** Stored pixels, 0 to 255, with or without labels. See `openImages`. */
  readonly data: ImageSource;
  /** Held-out training images, for choosing; the last tenth of `data`, at most 1000, by default. */
  readonly validation?: ImageSource;
  /** Reads at most so many images of `data`. */
  readonly maxImages?: number;
  /**
   * Bytes of layers' values that a run has at once, beside images, weights and the tensors of a training step; 2^30 by default. What is
   * more is computed anew when it is needed, to the same values.
   */
  readonly memoryBytes?: number;
  /** Names all random streams; 0 by default. Same seed, same tfjs backend and version: same artifact bytes. */
  readonly seed?: number;
  /** A folder (Node) or a store. The same call with the same folder resumes. */
  readonly checkpoint?: string | CheckpointStore;
  /** Steps between two checkpoints inside a stage; 100 by default. */
  readonly checkpointEverySteps?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: DistillEventListener;
  /** Runs the frozen integer layers; the fastest that the engine offers by default. */
  readonly backend?: KernelBackend;
}

export const runKeys = [
  'teacher',
  'data',
  'validation',
  'maxImages',
  'memoryBytes',
  'seed',
  'checkpoint',
  'checkpointEverySteps',
  'signal',
  'onEvent',
  'backend',
] as const satisfies readonly (keyof RunOptions)[];
