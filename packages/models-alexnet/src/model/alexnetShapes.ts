/** A convolution and what stands behind it. */
export interface ConvolutionShape {
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  /** Zeros on every side. */
  readonly padding: number;
  /** Max pooling behind the activation: window and stride, without padding. */
  readonly pool?: readonly [window: number, stride: number];
}

/** The numbers that tell one AlexNet from another. */
export interface AlexnetShape {
  readonly inputSize: number;
  readonly classes: number;
  /** conv1 .. conv5. */
  readonly convolutions: readonly ConvolutionShape[];
  /** Units of fc6 and fc7. */
  readonly hidden: readonly [number, number];
  /** Share of fc6's and fc7's outputs that training leaves out. */
  readonly dropout: number;
}

const large = { pool: [3, 2] } as const;
const small = { kernel: 3, stride: 1, padding: 1 } as const;
const halving = { pool: [2, 2] } as const;

/**
 * The variants by name.
 *
 * `torchvision` is the one-tower net of Krizhevsky, "One weird trick for parallelizing convolutional neural networks"
 * (arXiv 1404.5997), as torchvision builds it; `original` the channels of Krizhevsky et al. 2012 in one tower, as DoReFa-Net
 * (arXiv 1606.06160) trains it; `cifar` the one for images of 32 x 32.
 */
export const alexnetShapes = {
  torchvision: {
    inputSize: 224,
    classes: 1000,
    convolutions: [
      { channels: 64, kernel: 11, stride: 4, padding: 2, ...large },
      { channels: 192, kernel: 5, stride: 1, padding: 2, ...large },
      { ...small, channels: 384 },
      { ...small, channels: 256 },
      { ...small, channels: 256, ...large },
    ],
    hidden: [4096, 4096],
    dropout: 0.5,
  },
  original: {
    inputSize: 227,
    classes: 1000,
    convolutions: [
      { channels: 96, kernel: 11, stride: 4, padding: 0, ...large },
      { channels: 256, kernel: 5, stride: 1, padding: 2, ...large },
      { ...small, channels: 384 },
      { ...small, channels: 384 },
      { ...small, channels: 256, ...large },
    ],
    hidden: [4096, 4096],
    dropout: 0.5,
  },
  cifar: {
    inputSize: 32,
    classes: 10,
    convolutions: [
      { ...small, channels: 32, ...halving },
      { ...small, channels: 96, ...halving },
      { ...small, channels: 128 },
      { ...small, channels: 128 },
      { ...small, channels: 96, ...halving },
    ],
    hidden: [512, 512],
    dropout: 0.3,
  },
} as const satisfies Readonly<Record<string, AlexnetShape>>;

/** Which AlexNet. */
export type AlexnetVariant = keyof typeof alexnetShapes;
