import { backend_util } from '@tensorflow/tfjs-core';
import { exactPadding } from './exactPadding.js';
import { TrainingKernelError } from './trainingKernelError.js';
import type { TrainingKernelIssue } from './trainingKernelError.js';

/** The sizes of a 2-D convolution, as tfjs computes them for its own kernels. */
export type ConvolutionGeometry = ReturnType<typeof backend_util.computeConv2DInfo>;

type Shape4D = [number, number, number, number];

export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: 'NHWC' | 'NCHW';
}

/**
 * Computes the geometry of the convolution whose gradient is wanted.
 *
 * @param kernelName Where an issue is reported.
 * @param inputShape [batch, height, width, inputChannels]
 * @param filterShape [filterHeight, filterWidth, inputChannels, outputChannels or channelMultiplier]
 * @throws {TrainingKernelError} `UNSUPPORTED_DATA_FORMAT` for NCHW, `UNSUPPORTED_DILATION` for a dilation over 1.
 */
export function convolutionGeometry(
  kernelName: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
  isDepthwise: boolean,
): ConvolutionGeometry {
  throwIfUnsupported(kernelName, attributes);
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    attributes.strides,
    1,
    exactPadding(inputShape, filterShape, attributes) ?? attributes.pad,
    attributes.dimRoundingMode,
    isDepthwise,
    'channelsLast',
  );
}

function throwIfUnsupported(kernelName: string, { dataFormat, dilations }: ConvolutionAttributes): void {
  const issues: TrainingKernelIssue[] = [];
  if (dataFormat === 'NCHW') {
    issues.push({
      code: 'UNSUPPORTED_DATA_FORMAT',
      path: `${kernelName}.dataFormat`,
      message: 'Got NCHW, expected NHWC: the wasm backend has no other convolution.',
      fix: "x = tf.transpose(x, [0, 2, 3, 1]) and dataFormat: 'NHWC'",
    });
  }
  if (dilations !== undefined && [dilations].flat().some((dilation) => dilation !== 1)) {
    issues.push({
      code: 'UNSUPPORTED_DILATION',
      path: `${kernelName}.dilations`,
      message: `Got ${[dilations].flat().join(' x ')}, expected 1: tfjs has no gradient of a dilated convolution.`,
      fix: 'tf.batchToSpaceND(tf.conv2d(tf.spaceToBatchND(x, [d, d], pads), filter, 1, "valid"), [d, d], crops)',
    });
  }
  if (issues.length > 0) throw new TrainingKernelError(issues);
}
