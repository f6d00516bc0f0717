import { pad, slice } from '@tensorflow/tfjs-core';
import type { backend_util, Tensor4D } from '@tensorflow/tfjs-core';

/** Rows and columns to add with zeros; negative ones are cut off. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A tensor, and the padding that a convolution of it must still add. */
export interface PaddedInput {
  readonly x: Tensor4D;
  readonly padding: backend_util.ExplicitPadding;
}

/** Adds the positive margins to x [batch, height, width, channels], then cuts the negative ones off. */
export function padOrCrop(x: Tensor4D, margins: Margins): Tensor4D {
  const padding = positivePadding(margins);
  const isPadded = padding.flat().some((size) => size > 0);
  return cropNegative(isPadded ? pad(x, padding) : x, margins);
}

/** Like {@link padOrCrop}, but leaves the zeros to the convolution, which adds them without a copy. */
export function padInConvolution(x: Tensor4D, margins: Margins): PaddedInput {
  const [, height, width] = x.shape;
  const { top, bottom, left, right } = margins;
  const remainingRows = height + Math.min(0, top) + Math.min(0, bottom);
  const remainingColumns = width + Math.min(0, left) + Math.min(0, right);
  // A margin that cuts off more than there is, where every window lies in the padding, cuts off zeros too.
  if (remainingRows < 1 || remainingColumns < 1) {
    return { x: padOrCrop(x, margins), padding: positivePadding({ top: 0, bottom: 0, left: 0, right: 0 }) };
  }
  return { x: cropNegative(x, margins), padding: positivePadding(margins) };
}

function cropNegative(x: Tensor4D, { top, bottom, left, right }: Margins): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const cut = { top: Math.max(0, -top), left: Math.max(0, -left) };
  const newHeight = height - cut.top - Math.max(0, -bottom);
  const newWidth = width - cut.left - Math.max(0, -right);
  if (newHeight === height && newWidth === width) return x;
  return slice(x, [0, cut.top, cut.left, 0], [batch, newHeight, newWidth, channels]);
}

function positivePadding({ top, bottom, left, right }: Margins): backend_util.ExplicitPadding {
  return [
    [0, 0],
    [Math.max(0, top), Math.max(0, bottom)],
    [Math.max(0, left), Math.max(0, right)],
    [0, 0],
  ];
}
