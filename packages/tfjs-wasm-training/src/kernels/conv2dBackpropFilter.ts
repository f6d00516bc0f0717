import { conv2d, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Conv2DBackpropFilterAttrs, NamedAttrMap, Tensor4D } from '@tensorflow/tfjs-core';
import { convolutionGeometry } from '../convolutionGeometry.js';
import type { ConvolutionAttributes, ConvolutionGeometry } from '../convolutionGeometry.js';
import { cropNegative, positivePadding } from '../padOrCrop.js';
import type { TrainingKernel } from '../trainingKernel.js';

/**
 * The gradient of a convolution by its filter.
 *
 * dW[i, j, c, k] = sum over n, y, x of input[n, y * stride + i - top, x * stride + j - left, c] * dy[n, y, x, k]
 * is itself a convolution: channels take the place of the batch, the batch that of the channels, dy (dilated by
 * the stride) that of the filter. So XNNPACK's fast convolution computes it.
 */
export const conv2dBackpropFilter: TrainingKernel = {
  kernelName: 'Conv2DBackpropFilter',
  reason: 'missing',
  build:
    () =>
    ({ inputs, attrs }) => {
      const { x, dy } = inputs as { x: Tensor4D; dy: Tensor4D };
      const attributes = attrs as NamedAttrMap & ConvolutionAttributes & Conv2DBackpropFilterAttrs;
      const geometry = convolutionGeometry(
        'Conv2DBackpropFilter',
        x.shape,
        attributes.filterShape,
        attributes,
        false,
      );
      return tidy(() => filterGradient(x, dy, geometry));
    },
};

function filterGradient(x: Tensor4D, dy: Tensor4D, geometry: ConvolutionGeometry): Tensor4D {
  const { strideHeight, strideWidth, padInfo } = geometry;
  const reachHeight = (geometry.outHeight - 1) * strideHeight + geometry.filterHeight;
  const reachWidth = (geometry.outWidth - 1) * strideWidth + geometry.filterWidth;
  // Rows that no window reaches would otherwise count as further filter positions.
  const margins = {
    top: padInfo.top,
    bottom: reachHeight - geometry.inHeight - padInfo.top,
    left: padInfo.left,
    right: reachWidth - geometry.inWidth - padInfo.left,
  };
  const images = transpose(cropNegative(x, margins), [3, 1, 2, 0]);
  const filters = transpose(dy, [1, 2, 0, 3]);
  const dilations: [number, number] = [strideHeight, strideWidth];
  const gradient = conv2d(images, filters, 1, positivePadding(margins), 'NHWC', dilations);
  return transpose(gradient, [1, 2, 0, 3]);
}
