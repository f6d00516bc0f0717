import { throwIfIssues } from '@bnfree/core';
import { input, type LayersModel, model } from '@tensorflow/tfjs-layers';
import { checkOptions, expectThat, integer, oneOf, optional } from '../options/checkOptions.js';
import { alexnetShapes, type AlexnetShape, type AlexnetVariant } from './alexnetShapes.js';
import { layerStack } from './layerStack.js';
import type { PixelStatistics } from './pixelStatistics.js';

/** Which AlexNet to build; all but the variant has a default. */
export interface AlexnetOptions {
  readonly variant: AlexnetVariant;
  /** 1000 by default, 10 for `cifar`. */
  readonly classes?: number;
  /** Height and width of the images: 224 by default, 227 for `original`, 32 for `cifar`. */
  readonly inputSize?: number;
  /** Batch normalization behind every layer but the last; true by default. Without it these layers have a bias. */
  readonly batchNorm?: boolean;
  /** Share of fc6's and fc7's outputs that training leaves out; 0.5 by default, 0.3 for `cifar`. */
  readonly dropout?: number;
  /** Statistics that the net takes out of stored pixels itself, such as `torchvisionPixels`; by default it is given real numbers. */
  readonly pixels?: PixelStatistics;
  /** Seed of the initial weights; 0 by default. */
  readonly seed?: number;
  /** Kernels start `random` (by default) or as `zeros`, at once, for a model that is given its weights afterwards. */
  readonly weights?: 'random' | 'zeros';
}

/** Smallest image that leaves a pixel behind the last pooling. */
const smallestInput = { torchvision: 63, original: 67, cifar: 8 } as const;

/**
 * AlexNet with random weights, on the current tfjs backend.
 *
 * Input `[batch, inputSize, inputSize, 3]` float32; output `[batch, classes]` logits. Layers are named conv1, bn1, relu1,
 * pool1 ... fc8, with normalize before them where `pixels` are given; the model is the caller's to dispose. Throws INVALID_OPTION, UNKNOWN_OPTION.
 */
export function alexnet(options: AlexnetOptions): LayersModel {
  const variants = Object.keys(alexnetShapes) as AlexnetVariant[];
  const variant = variants.includes(options.variant) ? options.variant : 'torchvision';
  const shape: AlexnetShape = alexnetShapes[variant];
  throwIfIssues(
    checkOptions(options, {
      variant: oneOf(variants),
      classes: optional(integer(2, 2 ** 20)),
      inputSize: optional(integer(smallestInput[variant], 4096)),
      batchNorm: optional(
        expectThat((value) => typeof value === 'boolean', 'true or false', 'batchNorm: true'),
      ),
      dropout: optional(expectThat(isShare, 'a number of 0 up to 1', 'dropout: 0.5')),
      pixels: optional(
        expectThat(isStatistics, 'a mean and a deviation above 0 of each color', 'pixels: torchvisionPixels'),
      ),
      seed: optional(integer(0, 2 ** 24)),
      weights: optional(oneOf(['random', 'zeros'])),
    }),
  );
  const {
    classes = shape.classes,
    inputSize = shape.inputSize,
    batchNorm = true,
    dropout = shape.dropout,
    seed = 0,
    pixels: statistics,
    weights,
  } = options;
  const pixels = input({ shape: [inputSize, inputSize, 3], name: 'input' });
  const stack = layerStack(pixels, { batchNorm, seed: weights === 'zeros' ? null : seed });
  if (statistics !== undefined) stack.normalize(statistics);
  shape.convolutions.forEach((convolution, index) => {
    stack.convolution(index + 1, convolution);
  });
  stack.flatten();
  shape.hidden.forEach((units, index) => {
    stack.hidden(shape.convolutions.length + index + 1, units, dropout);
  });
  stack.logits(shape.convolutions.length + shape.hidden.length + 1, classes);
  return model({ inputs: pixels, outputs: stack.output(), name: `alexnet_${variant}` });
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < 1;
}

function isStatistics(value: unknown): boolean {
  const { mean, deviation } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    [mean, deviation].every(
      (colors) => Array.isArray(colors) && colors.length === 3 && colors.every((of) => Number.isFinite(of)),
    ) && (deviation as number[]).every((of) => of > 0)
  );
}
