import { depthwiseConv2d, reshape, reverse, sum, tidy } from '@tensorflow/tfjs-core';
import type {
  DepthwiseConv2dNativeBackpropInputAttrs,
  NamedAttrMap,
  Rank,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import { convolutionGeometry } from '../convolutionGeometry.js';
import type { ConvolutionAttributes, ConvolutionGeometry } from '../convolutionGeometry.js';
import { interleavePhases } from '../interleavePhases.js';
import { cropNegative, positivePadding } from '../padOrCrop.js';
import type { TrainingKernel } from '../trainingKernel.js';

/**
 * The gradient of a depthwise convolution by its input.
 *
 * A depthwise convolution of dy, spread by the stride, with the rotated filter; with a channel multiplier m, the m
 * output channels of an input channel are then summed.
 */
export const depthwiseConv2dNativeBackpropInput: TrainingKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropInput',
  reason: 'missing',
  build:
    () =>
    ({ inputs, attrs }) => {
      const { dy, filter } = inputs as { dy: Tensor4D; filter: Tensor4D };
      const attributes = attrs as NamedAttrMap &
        ConvolutionAttributes &
        DepthwiseConv2dNativeBackpropInputAttrs;
      const geometry = convolutionGeometry(
        'DepthwiseConv2dNativeBackpropInput',
        attributes.inputShape,
        filter.shape,
        attributes,
        true,
      );
      return tidy(() => inputGradient(dy, filter, geometry));
    },
};

function inputGradient(dy: Tensor4D, filter: Tensor4D, geometry: ConvolutionGeometry): Tensor4D {
  const { inHeight, inWidth, filterHeight, filterWidth, inChannels, outChannels, padInfo } = geometry;
  const { strideHeight, strideWidth } = geometry;
  const spread = interleavePhases(dy, { strideHeight, strideWidth, phaseRows: 1, phaseColumns: 1 });
  const top = filterHeight - 1 - padInfo.top;
  const left = filterWidth - 1 - padInfo.left;
  const margins = {
    top,
    bottom: inHeight + filterHeight - 1 - spread.shape[1] - top,
    left,
    right: inWidth + filterWidth - 1 - spread.shape[2] - left,
  };
  const rotated = reverse(reshape<Rank.R4>(filter, [filterHeight, filterWidth, outChannels, 1]), [0, 1]);
  const gradient = depthwiseConv2d(cropNegative(spread, margins), rotated, 1, positivePadding(margins));
  if (inChannels === outChannels) return gradient;
  const multiplied = [geometry.batchSize, inHeight, inWidth, inChannels, outChannels / inChannels];
  return sum(reshape(gradient, multiplied), 4);
}
