import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Mean and deviation of each color over many photographs, in shares of 255; a net takes `(pixel / 255 - mean) / deviation`. */
export interface PixelStatistics {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/** Those of ImageNet that torchvision's weights were trained with. */
export const torchvisionPixels: PixelStatistics = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/** What a stored pixel `p` is to a net: `(p - zeroPoint) * scale`. */
export interface PixelTransform {
  readonly zeroPoint: number;
  readonly scale: { readonly numerator: number; readonly denominator: number };
}

/** Name of the layer that takes statistics out of the pixels. */
export const pixelLayer = 'normalize';

/**
 * How an `alexnet()` takes its pixels, for `distillLayerwise({ input })`: as they are stored where it normalizes them itself, else
 * as `(pixel - 128) / 128`, the way this project trains its nets.
 */
export function pixelTransform(model: LayersModel): PixelTransform {
  const isNormalized = model.layers.some(({ name }) => name === pixelLayer);
  return isNormalized
    ? { zeroPoint: 0, scale: { numerator: 1, denominator: 1 } }
    : { zeroPoint: 128, scale: { numerator: 1, denominator: 128 } };
}
