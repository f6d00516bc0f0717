import type {
  DepthwiseConv2dNativeBackpropFilterAttrs,
  NamedAttrMap,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import { convolutionGeometry } from '../convolutionGeometry.js';
import type { ConvolutionAttributes, ConvolutionGeometry } from '../convolutionGeometry.js';
import { forEachTap } from '../forEachTap.js';
import type { VisitTap } from '../forEachTap.js';
import type { TrainingKernel } from '../trainingKernel.js';
import { writeTensor } from '../wasmTensors.js';
import type { WasmTensors } from '../wasmTensors.js';

/**
 * The gradient of a depthwise convolution by its filter.
 *
 * A loop on the wasm memory, with sums in double precision: there are so few multiplications for each number read
 * that shifted copies for XNNPACK cost five times as much.
 */
export const depthwiseConv2dNativeBackpropFilter: TrainingKernel = {
  kernelName: 'DepthwiseConv2dNativeBackpropFilter',
  reason: 'missing',
  build:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
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
      return writeTensor(backend as WasmTensors, attributes.filterShape, [x, dy], (target, xView, dyView) => {
        target.set(filterGradient(xView, dyView, geometry));
      });
    },
};

function filterGradient(x: Float32Array, dy: Float32Array, geometry: ConvolutionGeometry): Float64Array {
  const { filterHeight, filterWidth, inChannels, outChannels } = geometry;
  const multiplier = outChannels / inChannels;
  const sums = new Float64Array(filterHeight * filterWidth * outChannels);
  const addPlain: VisitTap = (input, filterPosition, output) => {
    const base = filterPosition * outChannels;
    for (let channel = 0; channel < outChannels; channel++) {
      sums[base + channel] += x[input + channel] * dy[output + channel];
    }
  };
  const addMultiplied: VisitTap = (input, filterPosition, output) => {
    const base = filterPosition * outChannels;
    for (let channel = 0; channel < outChannels; channel++) {
      sums[base + channel] += x[input + Math.floor(channel / multiplier)] * dy[output + channel];
    }
  };
  forEachTap(geometry, multiplier === 1 ? addPlain : addMultiplied);
  return sums;
}
