import type { Augmentation } from '@bnfree/distill';
import { alexnet, cifar10Input, type ImageDataset, loadCifar10, loadTeacher } from '@bnfree/models-alexnet';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { doReFaTeacher } from './doReFaTeacher.js';
import { lenet } from './lenet.js';
import { loadMnist } from './mnist/loadMnist.js';

/** How one teacher is trained. */
export interface TeacherRecipe {
  readonly description: string;
  readonly build: (seed: number) => LayersModel | Promise<LayersModel>;
  readonly load: (split: 'train' | 'test', count?: number) => Promise<ImageDataset>;
  /** A stored pixel `p` stands for `(p - zeroPoint) * scale`. */
  readonly input: { readonly zeroPoint: number; readonly scale: number };
  readonly augmentation: Augmentation;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: 'momentum' | 'adam';
  /** Learning rate at the top of its cycle. */
  readonly peakRate: number;
  /** Share of a kernel that is taken off it, times the learning rate, at every step. */
  readonly weightDecay: number;
}

const { zeroPoint, scale } = cifar10Input;

const cifar10 = {
  load: (split, count) => loadCifar10({ split, ...(count === undefined ? {} : { count }) }),
  input: { zeroPoint, scale: scale.multiplier / 2 ** scale.shift },
  augmentation: { flip: true, shift: 4 },
} as const satisfies Partial<TeacherRecipe>;

/** The teachers by name. */
export const teacherRecipes = {
  'alexnet-bn-cifar10': {
    description: 'AlexNet with batch normalization on CIFAR-10, 32 million multiply-accumulates an image',
    build: (seed) => alexnet({ variant: 'cifar', seed }),
    ...cifar10,
    epochs: 24,
    batchSize: 128,
    optimizer: 'momentum',
    peakRate: 0.15,
    weightDecay: 5e-4,
  },
  'alexnet-dorefa-cifar10': {
    description: 'that AlexNet as a DoReFa net of 2-bit weights and activations, from the float teacher',
    build: async () => {
      const teacher = await loadTeacher();
      const model = doReFaTeacher(teacher, { weights: 2, activations: 2 }, 'alexnet_dorefa_cifar10');
      teacher.dispose();
      return model;
    },
    ...cifar10,
    epochs: 2,
    batchSize: 64,
    optimizer: 'adam',
    peakRate: 1e-3,
    weightDecay: 0,
  },
  'lenet-bn-mnist': {
    description: 'LeNet with batch normalization on MNIST, 2.3 million multiply-accumulates an image',
    build: (seed) => lenet(seed),
    load: (split, count) => loadMnist(split, count),
    input: { zeroPoint: 0, scale: 1 / 256 },
    augmentation: { shift: 2 },
    epochs: 8,
    batchSize: 128,
    optimizer: 'momentum',
    peakRate: 0.1,
    weightDecay: 5e-4,
  },
} as const satisfies Readonly<Record<string, TeacherRecipe>>;

/** Which teacher. */
export type TeacherName = keyof typeof teacherRecipes;
