import { definitionOf, type ActivationSpec, type Conv2dOp } from '@bnfree/integer-kernels';
import { drawBias } from '../../integer-kernels/src/conformance/cases/drawBias.js';
import type { Draw } from '../../integer-kernels/src/conformance/draw.js';
import {
  drawRescale,
  drawRounding,
  usualMagnitude,
} from '../../integer-kernels/src/conformance/cases/drawRequantization.js';
import type { Size } from '../../integer-kernels/src/conformance/cases/drawSize.js';
import { drawWeights } from '../../integer-kernels/src/conformance/cases/drawWeights.js';

/** A 3x3 convolution whose output is like its input, as inside residual blocks: what is added or follows fits it. */
export function drawResidualConv2d(draw: Draw, _size: Size, given: ActivationSpec): Conv2dOp {
  const channels = given.shape[3];
  const draft: Conv2dOp = {
    op: 'conv2d',
    inputs: [given],
    output: { ...given, type: 'int32', zeroPoint: 0 },
    weights: drawWeights(draw, [channels, 3, 3, channels]),
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 1, bottom: 1, left: 1, right: 1, value: given.zeroPoint },
    groups: 1,
    requantization: { kind: 'none' },
  };
  const { magnitude } = definitionOf(draft).accumulatorBound(draft);
  const { multiplier, shift } = drawRescale(draw, usualMagnitude(draw, draft, magnitude));
  return {
    ...draft,
    ...drawBias(draw, channels, magnitude),
    output: given,
    requantization: {
      kind: 'multiplier',
      rounding: drawRounding(draw),
      multipliers: Int32Array.of(multiplier),
      shifts: Int32Array.of(shift),
    },
  };
}
