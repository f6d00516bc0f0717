import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ConvolutionShape } from './alexnetShapes.js';
import { pixelLayer, type PixelStatistics } from './pixelStatistics.js';

/** Puts layers on top of one another under the names that AlexNet's have. */
export interface LayerStack {
  /** Takes statistics out of stored pixels: `(pixel / 255 - mean) / deviation`. */
  normalize(statistics: PixelStatistics): void;
  /** convN, bnN, reluN and, where it pools, poolN. */
  convolution(number: number, shape: ConvolutionShape): void;
  flatten(): void;
  /** fcN, bnN, reluN, dropN. */
  hidden(number: number, units: number, dropout: number): void;
  /** fcN alone, with a bias. */
  logits(number: number, units: number): void;
  output(): SymbolicTensor;
}

export interface LayerStackOptions {
  /** Whether every layer but the last is normalized, instead of having a bias. */
  readonly batchNorm: boolean;
  /** Of the initial weights; null for zeros. */
  readonly seed: number | null;
}

/** Decay of the running statistics, and what keeps a variance of zero from dividing by zero. */
const normalization = { momentum: 0.9, epsilon: 1e-3 } as const;

/** Starts a stack; initial weights are He's (arXiv 1502.01852), a seed a layer. */
export function layerStack(start: SymbolicTensor, { batchNorm, seed }: LayerStackOptions): LayerStack {
  let top = start;
  const put = (layer: { apply(input: SymbolicTensor): unknown }): void => {
    top = layer.apply(top) as SymbolicTensor;
  };
  const kernel = (number: number) => ({
    kernelInitializer:
      seed === null ? initializers.zeros() : initializers.heNormal({ seed: seed * 64 + number }),
    useBias: !batchNorm,
  });
  const activate = (number: number): void => {
    if (batchNorm) put(layers.batchNormalization({ ...normalization, name: `bn${number}` }));
    put(layers.reLU({ name: `relu${number}` }));
  };
  return {
    normalize({ mean, deviation }) {
      // As in Keras, the layer takes a number for each channel; its types in tfjs know one for all alone.
      const scale = deviation.map((of) => 1 / (255 * of)) as unknown as number;
      const offset = deviation.map((of, color) => -mean[color] / of) as unknown as number;
      put(layers.rescaling({ scale, offset, name: pixelLayer }));
    },
    convolution(number, { channels, kernel: kernelSize, stride, padding, pool }) {
      const isSame = stride === 1 && 2 * padding === kernelSize - 1;
      if (padding > 0 && !isSame) put(layers.zeroPadding2d({ padding, name: `pad${number}` }));
      put(
        layers.conv2d({
          filters: channels,
          kernelSize,
          strides: stride,
          padding: isSame ? 'same' : 'valid',
          name: `conv${number}`,
          ...kernel(number),
        }),
      );
      activate(number);
      if (pool === undefined) return;
      const [poolSize, strides] = pool;
      put(layers.maxPooling2d({ poolSize, strides, name: `pool${number}` }));
    },
    flatten() {
      put(layers.flatten({ name: 'flatten' }));
    },
    hidden(number, units, dropout) {
      put(layers.dense({ units, name: `fc${number}`, ...kernel(number) }));
      activate(number);
      put(layers.dropout({ rate: dropout, name: `drop${number}` }));
    },
    logits(number, units) {
      put(layers.dense({ units, name: `fc${number}`, ...kernel(number), useBias: true }));
    },
    output: () => top,
  };
}
