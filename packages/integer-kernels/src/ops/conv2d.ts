import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { Weights } from '../weights.js';
import type { OpBase } from './op.js';

/** Rows and columns added around an image, and the stored value that stands there. */
export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** Stored value of the padding; the input's zero point unless the model says otherwise. */
  readonly value: number;
}

/**
 * 2-D convolution: `acc[n,y,x,o] = bias[o] + sum (input[...] - zeroPoint) * weight[o,ky,kx,i]`.
 *
 * - input `[batch, height, width, channels]`, weights `[outputChannels, kernelHeight, kernelWidth, channels / groups]`,
 *   bias `[outputChannels]`, output `[batch, outputHeight, outputWidth, outputChannels]`.
 */
export interface Conv2dOp extends OpBase<'conv2d'> {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly bias?: Int32Array;
  /** `[height, width]`. */
  readonly strides: readonly [number, number];
  /** `[height, width]`; 1 is an ordinary kernel. */
  readonly dilations: readonly [number, number];
  readonly padding: Padding;
  readonly groups: number;
  readonly requantization: Requantization;
}
