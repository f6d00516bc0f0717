import { concat, conv2d, reverse, stridedSlice, tidy, transpose, pad } from '@tensorflow/tfjs-core';
import type { Conv2DBackpropInputAttrs, NamedAttrMap, Tensor4D } from '@tensorflow/tfjs-core';
import { convolutionGeometry } from '../convolutionGeometry.js';
import type { ConvolutionAttributes, ConvolutionGeometry } from '../convolutionGeometry.js';
import { interleavePhases } from '../interleavePhases.js';
import type { Phases } from '../interleavePhases.js';
import { cropNegative, padOrCrop, positivePadding } from '../padOrCrop.js';
import type { TrainingKernel } from '../trainingKernel.js';

/**
 * The gradient of a convolution by its input, also the transposed convolution.
 *
 * With stride s, input row h + top = s * q + r meets only the filter rows s * a + r: dX[q, r] is the sum over a of
 * dy[q - a] * w[s * a + r]. So each phase r is a plain convolution of dy with every s-th row of the rotated
 * filter; all phases are computed by one convolution, as its output channels, and then interleaved. No multiply
 * meets an inserted zero.
 */
export const conv2dBackpropInput: TrainingKernel = {
  kernelName: 'Conv2DBackpropInput',
  reason: 'slow',
  build:
    () =>
    ({ inputs, attrs }) => {
      const { dy, filter } = inputs as { dy: Tensor4D; filter: Tensor4D };
      const attributes = attrs as NamedAttrMap & ConvolutionAttributes & Conv2DBackpropInputAttrs;
      const geometry = convolutionGeometry(
        'Conv2DBackpropInput',
        attributes.inputShape,
        filter.shape,
        attributes,
        false,
      );
      return tidy(() => inputGradient(dy, filter, geometry));
    },
};

function inputGradient(dy: Tensor4D, filter: Tensor4D, geometry: ConvolutionGeometry): Tensor4D {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = geometry;
  const phases: Phases = {
    strideHeight,
    strideWidth,
    phaseRows: Math.min(strideHeight, geometry.filterHeight),
    phaseColumns: Math.min(strideWidth, geometry.filterWidth),
  };
  const quotientRows = Math.ceil((inHeight + padInfo.top) / strideHeight);
  const quotientColumns = Math.ceil((inWidth + padInfo.left) / strideWidth);
  const phaseFilter = rotatedPhases(filter, phases);
  const margins = {
    top: phaseFilter.shape[0] - 1,
    bottom: quotientRows - outHeight,
    left: phaseFilter.shape[1] - 1,
    right: quotientColumns - outWidth,
  };
  const gradient = conv2d(cropNegative(dy, margins), phaseFilter, 1, positivePadding(margins));
  return padOrCrop(interleavePhases(gradient, phases), {
    top: -padInfo.top,
    bottom: inHeight + padInfo.top - quotientRows * strideHeight,
    left: -padInfo.left,
    right: inWidth + padInfo.left - quotientColumns * strideWidth,
  });
}

/** Sends a filter [h, w, c, k] to its rotated phases [ceil(h / stride), ceil(w / stride), k, phases * c]. */
function rotatedPhases(filter: Tensor4D, phases: Phases): Tensor4D {
  const { strideHeight, strideWidth, phaseRows, phaseColumns } = phases;
  const transposed = transpose(filter, [0, 1, 3, 2]);
  if (strideHeight === 1 && strideWidth === 1) return reverse(transposed, [0, 1]);
  const [height, width, outputChannels, inputChannels] = transposed.shape;
  const wholeHeight = Math.ceil(height / strideHeight) * strideHeight;
  const wholeWidth = Math.ceil(width / strideWidth) * strideWidth;
  const whole = pad(transposed, [
    [0, wholeHeight - height],
    [0, wholeWidth - width],
    [0, 0],
    [0, 0],
  ]);
  const parts: Tensor4D[] = [];
  for (let row = 0; row < phaseRows; row++) {
    for (let column = 0; column < phaseColumns; column++) {
      const end = [wholeHeight, wholeWidth, outputChannels, inputChannels];
      const part = stridedSlice(whole, [row, column, 0, 0], end, [strideHeight, strideWidth, 1, 1]);
      parts.push(part as Tensor4D);
    }
  }
  return reverse(concat(parts, 3), [0, 1]);
}
