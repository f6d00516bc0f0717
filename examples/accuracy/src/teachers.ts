import { access, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Augmentation, DistillOptions } from '@bnfree/distill';
import { loadMnist } from '@bnfree/example-train-teacher';
import { cifar10Input, type ImageDataset, loadCifar10, loadTeacher } from '@bnfree/models-alexnet';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A teacher with its data. */
export interface AccuracyTeacher {
  /** Whether its files are here, and what to type where they are not. */
  readonly files: () => Promise<{ readonly areThere: boolean; readonly fix: string }>;
  readonly load: () => Promise<LayersModel>;
  readonly data: (split: 'train' | 'test') => Promise<ImageDataset>;
  readonly input: NonNullable<DistillOptions['input']>;
  readonly augmentation: Augmentation;
  /** The last so many training images choose; the rest is fitted on. */
  readonly validationImages: number;
}

const lenetFolder = new URL('../../train-teacher/teachers/lenet-bn-mnist/', import.meta.url);

/** The teachers by name. */
export const accuracyTeachers = {
  'alexnet-bn-cifar10': {
    files: () => Promise.resolve({ areThere: true, fix: '' }),
    load: () => loadTeacher(),
    data: (split) => loadCifar10({ split }),
    input: {
      zeroPoint: cifar10Input.zeroPoint,
      scale: { numerator: cifar10Input.scale.multiplier, denominator: 2 ** cifar10Input.scale.shift },
    },
    augmentation: { flip: true, shift: 4 },
    validationImages: 5000,
  },
  'lenet-bn-mnist': {
    files: async () => ({
      areThere: await access(new URL('digests.json', lenetFolder)).then(
        () => true,
        () => false,
      ),
      fix: 'pnpm -s train-teacher --out examples/train-teacher/teachers/lenet-bn-mnist',
    }),
    load: async () => {
      const digests = JSON.parse(await readFile(new URL('digests.json', lenetFolder), 'utf8')) as {
        readonly model: string;
        readonly weights: string;
      };
      return loadTeacher({ baseUrl: fileURLToPath(lenetFolder), digests });
    },
    data: (split) => loadMnist(split),
    input: { zeroPoint: 0, scale: { numerator: 1, denominator: 256 } },
    augmentation: { shift: 2 },
    validationImages: 5000,
  },
} as const satisfies Readonly<Record<string, AccuracyTeacher>>;

/** Which teacher. */
export type AccuracyTeacherName = keyof typeof accuracyTeachers;

/** What a stored pixel `p` stands for, `(p - zeroPoint) * scale`, as numbers of float nets. */
export function realInput({ input }: AccuracyTeacher): {
  readonly zeroPoint: number;
  readonly scale: number;
} {
  const { zeroPoint = 0, scale = { numerator: 1, denominator: 1 } } = input;
  return { zeroPoint, scale: scale.numerator / scale.denominator };
}
