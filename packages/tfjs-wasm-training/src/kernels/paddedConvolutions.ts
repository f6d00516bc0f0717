import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../convolutionGeometry.js';
import { exactPadding } from '../exactPadding.js';
import type { TrainingKernel } from '../trainingKernel.js';

/**
 * The forward convolutions, with the paddings that the stock kernels get wrong made explicit.
 *
 * See {@link exactPadding}; every other call goes to the stock kernel as it is.
 */
export const paddedConvolutions: readonly TrainingKernel[] = [
  'Conv2D',
  'FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
].map((kernelName) => ({
  kernelName,
  reason: 'wrong',
  build: (previous) => {
    if (previous === undefined) throw new TypeError(`${kernelName} needs the stock kernel`);
    return (params) => {
      const { x, filter } = params.inputs as { x: TensorInfo; filter: TensorInfo };
      const attributes = params.attrs as NamedAttrMap & ConvolutionAttributes;
      if (attributes.dataFormat === 'NCHW') return previous(params);
      const pad = exactPadding(x.shape, filter.shape, attributes);
      if (pad === undefined) return previous(params);
      return previous({ ...params, attrs: { ...attributes, pad } });
    };
  },
}));
