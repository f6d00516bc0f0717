import { depthwiseConv2d, reshape, sum, tidy } from '@tensorflow/tfjs-core';
import type {
  DepthwiseConv2dNativeBackpropInputAttrs,
  NamedAttrMap,
  Rank,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import { convolutionGeometry } from '../convolutionGeometry.js';
import type { ConvolutionAttributes, ConvolutionGeometry } from '../convolutionGeometry.js';
import { padInConvolution } from '../padOrCrop.js';
import { interleavePhases } from '../phases.js';
import { rotatedPhases } from '../rotatedPhases.js';
import type { TrainingKernel } from '../trainingKernel.js';
import type { WasmTensors } from '../wasmTensors.js';

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
    ({ inputs, attrs, backend }) => {
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
      return tidy(() => inputGradient(dy, filter, geometry, backend as WasmTensors));
    },
};

function inputGradient(
  dy: Tensor4D,
  filter: Tensor4D,
  geometry: ConvolutionGeometry,
  tensors: WasmTensors,
): Tensor4D {
  const { inHeight, inWidth, filterHeight, filterWidth, inChannels, outChannels, padInfo } = geometry;
  const { strideHeight, strideWidth } = geometry;
  const rows = {
    stride: strideHeight,
    count: 1,
    offset: 0,
    size: (geometry.outHeight - 1) * strideHeight + 1,
  };
  const columns = {
    stride: strideWidth,
    count: 1,
    offset: 0,
    size: (geometry.outWidth - 1) * strideWidth + 1,
  };
  const isStrided = strideHeight > 1 || strideWidth > 1;
  const spread = isStrided ? interleavePhases(dy, rows, columns, tensors) : dy;
  const top = filterHeight - 1 - padInfo.top;
  const left = filterWidth - 1 - padInfo.left;
  const margins = {
    top,
    bottom: inHeight + filterHeight - 1 - spread.shape[1] - top,
    left,
    right: inWidth + filterWidth - 1 - spread.shape[2] - left,
  };
  // As one input channel, the depthwise filter only turns.
  const rotated = reshape<Rank.R4>(
    rotatedPhases(
      reshape<Rank.R4>(filter, [filterHeight, filterWidth, 1, outChannels]),
      { strideHeight: 1, strideWidth: 1, rowPhases: 1, columnPhases: 1 },
      tensors,
    ),
    [filterHeight, filterWidth, outChannels, 1],
  );
  const { x, padding } = padInConvolution(spread, margins);
  const gradient = depthwiseConv2d(x, rotated, 1, padding);
  if (inChannels === outChannels) return gradient;
  const multiplied = [geometry.batchSize, inHeight, inWidth, inChannels, outChannels / inChannels];
  return sum(reshape(gradient, multiplied), 4);
}
