import { concat, matMul, mul, ones, reshape, slice, stridedSlice, tidy, tile } from '@tensorflow/tfjs-core';
import type {
  DepthwiseConv2dNativeBackpropFilterAttrs,
  NamedAttrMap,
  Rank,
  Tensor2D,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import { convolutionGeometry } from '../convolutionGeometry.js';
import type { ConvolutionAttributes, ConvolutionGeometry } from '../convolutionGeometry.js';
import { padOrCrop } from '../padOrCrop.js';
import type { TrainingKernel } from '../trainingKernel.js';

/**
 * The gradient of a depthwise convolution by its filter.
 *
 * For each filter position: the shifted input times dy, summed over batch, rows and columns. The sum is a product
 * with a row of ones, so that XNNPACK computes it.
 */
export const depthwiseConv2dNativeBackpropFilter: TrainingKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  reason: 'missing',
  build:
    () =>
    ({ inputs, attrs }) => {
      const { x, dy } = inputs as { x: Tensor4D; dy: Tensor4D };
      const attributes = attrs as NamedAttrMap &
        ConvolutionAttributes &
        DepthwiseConv2dNativeBackpropFilterAttrs;
      const geometry = convolutionGeometry(
        'DepthwiseConv2dNativeBackpropFilter',
        x.shape,
        attributes.filterShape,
        attributes,
        true,
      );
      return tidy(() => filterGradient(x, dy, geometry));
    },
};

function filterGradient(x: Tensor4D, dy: Tensor4D, geometry: ConvolutionGeometry): Tensor4D {
  const { filterHeight, filterWidth, inChannels, outChannels } = geometry;
  const padded = repeatChannels(padToReach(x, geometry), outChannels / inChannels);
  const positions = geometry.batchSize * geometry.outHeight * geometry.outWidth;
  const row = ones<Rank.R2>([1, positions]);
  const sums: Tensor2D[] = [];
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < filterWidth; j++) {
      // Each filter position frees its large products before the next one.
      sums.push(
        tidy(() => {
          const products = mul(windowInput(padded, i, j, geometry), dy);
          return matMul(row, reshape<Rank.R2>(products, [positions, outChannels]));
        }),
      );
    }
  }
  return reshape(concat(sums, 0), [filterHeight, filterWidth, inChannels, outChannels / inChannels]);
}

function padToReach(x: Tensor4D, geometry: ConvolutionGeometry): Tensor4D {
  const { padInfo } = geometry;
  const reachHeight = (geometry.outHeight - 1) * geometry.strideHeight + geometry.filterHeight;
  const reachWidth = (geometry.outWidth - 1) * geometry.strideWidth + geometry.filterWidth;
  return padOrCrop(x, {
    top: padInfo.top,
    bottom: reachHeight - geometry.inHeight - padInfo.top,
    left: padInfo.left,
    right: reachWidth - geometry.inWidth - padInfo.left,
  });
}

/** Repeats each channel, so that channel c * multiplier + m is channel c. */
function repeatChannels(x: Tensor4D, multiplier: number): Tensor4D {
  if (multiplier === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const repeated = tile(reshape<Rank.R2>(x, [batch * height * width * channels, 1]), [1, multiplier]);
  return reshape(repeated, [batch, height, width, channels * multiplier]);
}

/** What filter position (i, j) meets, for every output: [batch, outHeight, outWidth, channels]. */
function windowInput(padded: Tensor4D, i: number, j: number, geometry: ConvolutionGeometry): Tensor4D {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = geometry;
  if (strideHeight === 1 && strideWidth === 1) {
    return slice(padded, [0, i, j, 0], [batchSize, outHeight, outWidth, outChannels]);
  }
  const endRow = i + (outHeight - 1) * strideHeight + 1;
  const endColumn = j + (outWidth - 1) * strideWidth + 1;
  const end = [batchSize, endRow, endColumn, outChannels];
  return stridedSlice(padded, [0, i, j, 0], end, [1, strideHeight, strideWidth, 1]) as Tensor4D;
}
