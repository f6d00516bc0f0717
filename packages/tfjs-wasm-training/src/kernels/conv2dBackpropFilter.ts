import { conv2d, matMul, reshape, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Conv2DBackpropFilterAttrs, NamedAttrMap, Rank, Tensor4D } from '@tensorflow/tfjs-core';
import { convolutionGeometry } from '../convolutionGeometry.js';
import type { ConvolutionAttributes, ConvolutionGeometry } from '../convolutionGeometry.js';
import { forEachTap } from '../forEachTap.js';
import { padInConvolution } from '../padOrCrop.js';
import type { TrainingKernel } from '../trainingKernel.js';
import { writeTensor } from '../wasmTensors.js';
import type { WasmTensors } from '../wasmTensors.js';

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
    ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as { x: Tensor4D; dy: Tensor4D };
      const attributes = attrs as NamedAttrMap & ConvolutionAttributes & Conv2DBackpropFilterAttrs;
      const geometry = convolutionGeometry(
        'Conv2DBackpropFilter',
        x.shape,
        attributes.filterShape,
        attributes,
        false,
      );
      return tidy(() =>
        isPointwise(geometry)
          ? pointwiseGradient(x, dy, geometry, backend as WasmTensors)
          : filterGradient(x, dy, geometry),
      );
    },
};

function isPointwise({ filterHeight, filterWidth, padInfo }: ConvolutionGeometry): boolean {
  const { top, bottom, left, right } = padInfo;
  return (
    [filterHeight, filterWidth].every((size) => size === 1) &&
    [top, bottom, left, right].every((size) => size === 0)
  );
}

/** A 1 x 1 filter's gradient is one matrix product; as a convolution it would fill a quarter of each tile. */
function pointwiseGradient(
  x: Tensor4D,
  dy: Tensor4D,
  geometry: ConvolutionGeometry,
  tensors: WasmTensors,
): Tensor4D {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = geometry;
  const isWhole = outHeight === geometry.inHeight && outWidth === geometry.inWidth;
  const met = isWhole ? x : inputAtOutputs(x, geometry, tensors);
  const positions = batchSize * outHeight * outWidth;
  const gradient = matMul(
    reshape<Rank.R2>(met, [positions, inChannels]),
    reshape<Rank.R2>(dy, [positions, outChannels]),
    true,
  );
  return reshape(gradient, [1, 1, inChannels, outChannels]);
}

/** The input that a strided 1 x 1 filter meets: [batch, outHeight, outWidth, inChannels]. */
function inputAtOutputs(x: Tensor4D, geometry: ConvolutionGeometry, tensors: WasmTensors): Tensor4D {
  const { batchSize, inChannels, outHeight, outWidth } = geometry;
  return writeTensor(tensors, [batchSize, outHeight, outWidth, inChannels], [x], (target, source) => {
    let to = 0;
    forEachTap(geometry, (input) => {
      for (let channel = 0; channel < inChannels; channel++) target[to++] = source[input + channel];
    });
  });
}

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
  const { x: reached, padding } = padInConvolution(x, margins);
  const images = transpose(reached, [3, 1, 2, 0]);
  const filters = transpose(dy, [1, 2, 0, 3]);
  const dilations: [number, number] = [strideHeight, strideWidth];
  const gradient = conv2d(images, filters, 1, padding, 'NHWC', dilations);
  return transpose(gradient, [1, 2, 0, 3]);
}
