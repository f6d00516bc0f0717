import { distillLayerwise, type DistillOptions, type DistillResult } from '@bnfree/distill';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { cifar10Classes } from './app/cifar10Classes.js';
import { cifar10Input } from './app/cifar10Input.js';
import type { ImageDataset } from './cifar10/imageDataset.js';
import { loadCifar10 } from './cifar10/loadCifar10.js';
import { loadTeacher } from './teacher/loadTeacher.js';

/** What `distillLayerwise` takes, except what the teacher fixes; W4A4 where no bits are given. */
export interface DistillAlexnetOptions extends Omit<DistillOptions, 'input' | 'classes'> {
  /** Loaded, and disposed afterwards, where it is left out; one that is given stays the caller's. */
  readonly teacher?: LayersModel;
  /** Training images; the first 10,000 of CIFAR-10 where they are left out. */
  readonly data?: ImageDataset;
}

/**
 * Distils the AlexNet-BN teacher into an integer model for CIFAR-10.
 *
 * The recipe: the pixels' own zero point and scale, class names in the artifact, images flipped and shifted by up to
 * four pixels as when the teacher was trained. Needs a tfjs backend that trains: see `installTrainingKernels`.
 * Throws what `loadTeacher`, `loadCifar10` and `distillLayerwise` throw, before the long work begins.
 */
export async function distillAlexnet(options: DistillAlexnetOptions = {}): Promise<DistillResult> {
  const { teacher, data, ...rest } = options;
  const { images, labels } = data ?? (await loadCifar10({ split: 'train', count: 10_000 }));
  const loaded = teacher ?? (await loadTeacher());
  const { zeroPoint, scale } = cifar10Input;
  try {
    return await distillLayerwise(
      loaded,
      { images, labels },
      {
        bits: { weights: 4, activations: 4 },
        augmentation: { flip: true, shift: 4 },
        ...rest,
        input: { zeroPoint, scale: { numerator: scale.multiplier, denominator: 2 ** scale.shift } },
        classes: cifar10Classes,
      },
    );
  } finally {
    if (teacher === undefined) loaded.dispose();
  }
}
