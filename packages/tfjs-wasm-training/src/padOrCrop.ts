import { pad, slice } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** Rows and columns to add with zeros; negative ones are cut off. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Cuts the negative margins off a tensor [batch, height, width, channels]. */
export function cropNegative(x: Tensor4D, { top, bottom, left, right }: Margins): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const cut = { top: Math.max(0, -top), left: Math.max(0, -left) };
  const newHeight = height - cut.top - Math.max(0, -bottom);
  const newWidth = width - cut.left - Math.max(0, -right);
  if (newHeight === height && newWidth === width) return x;
  return slice(x, [0, cut.top, cut.left, 0], [batch, newHeight, newWidth, channels]);
}

/** The explicit padding of tfjs for the positive margins. */
export function positivePadding({ top, bottom, left, right }: Margins): [P, P, P, P] {
  return [
    [0, 0],
    [Math.max(0, top), Math.max(0, bottom)],
    [Math.max(0, left), Math.max(0, right)],
    [0, 0],
  ];
}
type P = [number, number];

/** Adds the positive margins with zeros and cuts the negative ones off. */
export function padOrCrop(x: Tensor4D, margins: Margins): Tensor4D {
  const cropped = cropNegative(x, margins);
  const padding = positivePadding(margins);
  return padding.flat().every((size) => size === 0) ? cropped : pad(cropped, padding);
}
