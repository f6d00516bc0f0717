import { backend_util } from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from './convolutionGeometry.js';

/**
 * Replaces a padding that tfjs 4.22 gets wrong by the same padding as explicit numbers.
 *
 * - `same` with a stride over the filter's size: the wasm kernels may leave the output all zero
 *   (tensorflow/tfjs#5907).
 * - One number for a filter or strides that are not square: tfjs computes the output's width with the filter's
 *   height and the row stride, and the wasm kernels then write outside the output.
 *
 * @returns undefined where tfjs is right as it is.
 */
export function exactPadding(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations }: ConvolutionAttributes,
): backend_util.ExplicitPadding | undefined {
  const [strideHeight = 1, strideWidth = 1] = [strides, strides].flat();
  const [filterHeight = 1, filterWidth = 1] = filterShape;
  if (pad === 'same' && (strideHeight > filterHeight || strideWidth > filterWidth)) {
    const { padInfo } = backend_util.computeConv2DInfo(
      inputShape as [number, number, number, number],
      filterShape as [number, number, number, number],
      strides,
      dilations ?? 1,
      pad,
    );
    return explicit([padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right]);
  }
  if (typeof pad === 'number' && (strideHeight !== strideWidth || filterHeight !== filterWidth)) {
    return explicit([pad, pad], [pad, pad]);
  }
  return undefined;
}

function explicit(rows: [number, number], columns: [number, number]): backend_util.ExplicitPadding {
  return [[0, 0], rows, columns, [0, 0]];
}
