import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { Weights } from '../weights.js';
import type { Padding } from './conv2d.js';
import type { OpBase } from './op.js';

/**
 * Depthwise 2-D convolution: output channel `c * channelMultiplier + m` sees input channel `c` alone.
 *
 * - input `[batch, height, width, channels]`, weights `[channels * channelMultiplier, kernelHeight, kernelWidth]`,
 *   bias `[channels * channelMultiplier]`.
 */
export interface DepthwiseConv2dOp extends OpBase<'depthwiseConv2d'> {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly bias?: Int32Array;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: Padding;
  readonly channelMultiplier: number;
  readonly requantization: Requantization;
}
