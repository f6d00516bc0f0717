import { access, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Augmentation, type DistillOptions, teacherLayers } from '@bnfree/distill';
import { loadMnist, type TeacherName } from '@bnfree/example-train-teacher';
import {
  cifar10Input,
  type ImageDataset,
  loadCifar10,
  loadTeacher,
  type TeacherDigests,
} from '@bnfree/models-alexnet';
import * as tfl from '@tensorflow/tfjs-layers';

/** A teacher with its data. */
export interface AccuracyTeacher {
  /** Whether its files are here, and what to type where they are not. */
  readonly files: () => Promise<{ readonly areThere: boolean; readonly fix: string }>;
  readonly load: () => Promise<tfl.LayersModel>;
  readonly data: (split: 'train' | 'test') => Promise<ImageDataset>;
  readonly input: NonNullable<DistillOptions['input']>;
  readonly augmentation: Augmentation;
  /** The last so many training images choose; the rest is fitted on. */
  readonly validationImages: number;
}

type TeacherFiles = Pick<AccuracyTeacher, 'files' | 'load'>;

/** A teacher that `pnpm -s train-teacher` makes. */
function ownTeacher(name: TeacherName): TeacherFiles {
  const folder = new URL(`../../train-teacher/teachers/${name}/`, import.meta.url);
  const digestFile = new URL('digests.json', folder);
  return {
    files: async () => ({
      areThere: await access(digestFile).then(
        () => true,
        () => false,
      ),
      fix: `pnpm -s train-teacher --teacher ${name} --out examples/train-teacher/teachers/${name}`,
    }),
    load: async () => {
      // Layers of low-bit teachers must be known before they are read.
      teacherLayers(tfl);
      const digests = JSON.parse(await readFile(digestFile, 'utf8')) as TeacherDigests;
      return loadTeacher({ baseUrl: fileURLToPath(folder), digests });
    },
  };
}

const cifar10 = {
  data: (split) => loadCifar10({ split }),
  input: {
    zeroPoint: cifar10Input.zeroPoint,
    scale: { numerator: cifar10Input.scale.multiplier, denominator: 2 ** cifar10Input.scale.shift },
  },
  augmentation: { flip: true, shift: 4 },
  validationImages: 5000,
} as const satisfies Partial<AccuracyTeacher>;

/** The teachers by name. */
export const accuracyTeachers = {
  'alexnet-bn-cifar10': {
    files: () => Promise.resolve({ areThere: true, fix: '' }),
    load: () => loadTeacher(),
    ...cifar10,
  },
  'alexnet-dorefa-cifar10': { ...ownTeacher('alexnet-dorefa-cifar10'), ...cifar10 },
  'lenet-bn-mnist': {
    ...ownTeacher('lenet-bn-mnist'),
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
