import { conv2d, tidy } from '@tensorflow/tfjs-core';
import type { Conv2DBackpropInputAttrs, NamedAttrMap, Tensor4D } from '@tensorflow/tfjs-core';
import { convolutionGeometry } from '../convolutionGeometry.js';
import type { ConvolutionAttributes, ConvolutionGeometry } from '../convolutionGeometry.js';
import { padInConvolution } from '../padOrCrop.js';
import { interleavePhases } from '../phases.js';
import type { AxisPhases } from '../phases.js';
import { rotatedPhases } from '../rotatedPhases.js';
import type { TrainingKernel } from '../trainingKernel.js';
import type { WasmTensors } from '../wasmTensors.js';

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
    ({ inputs, attrs, backend }) => {
      const { dy, filter } = inputs as { dy: Tensor4D; filter: Tensor4D };
      const attributes = attrs as NamedAttrMap & ConvolutionAttributes & Conv2DBackpropInputAttrs;
      const geometry = convolutionGeometry(
        'Conv2DBackpropInput',
        attributes.inputShape,
        filter.shape,
        attributes,
        false,
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
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = geometry;
  const rows = axisPhases(geometry.inHeight, strideHeight, filterHeight, padInfo.top);
  const columns = axisPhases(geometry.inWidth, strideWidth, filterWidth, padInfo.left);
  const filters = rotatedPhases(
    filter,
    { strideHeight, strideWidth, rowPhases: rows.count, columnPhases: columns.count },
    tensors,
  );
  const { x, padding } = padInConvolution(dy, {
    top: filters.shape[0] - 1 - rows.firstQuotient,
    bottom: rows.endQuotient - geometry.outHeight,
    left: filters.shape[1] - 1 - columns.firstQuotient,
    right: columns.endQuotient - geometry.outWidth,
  });
  const gradient = conv2d(x, filters, 1, padding);
  if (strideHeight === 1 && strideWidth === 1) return gradient;
  return interleavePhases(gradient, rows, columns, tensors);
}

interface QuotientRange extends AxisPhases {
  /** The quotients q that the image's rows have; those wholly in the padding are not computed. */
  readonly firstQuotient: number;
  readonly endQuotient: number;
}

function axisPhases(size: number, stride: number, filterSize: number, padding: number): QuotientRange {
  const firstQuotient = Math.floor(padding / stride);
  return {
    stride,
    count: Math.min(stride, filterSize),
    offset: padding - firstQuotient * stride,
    size,
    firstQuotient,
    endQuotient: Math.ceil((size + padding) / stride),
  };
}
