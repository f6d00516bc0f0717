import {
  type AveragePool2dOp,
  type GlobalAveragePool2dOp,
  type MaxPool2dOp,
  convolutionOutputSize,
  elementRange,
} from '@bnfree/integer-kernels';
import { byteTypes, drawActivation, mostlyByteTypes } from './drawActivation.js';
import type { Draw } from '../draw.js';
import { drawRequantizedOutput } from './drawRequantization.js';
import { type Size, drawBatch, drawChannels, drawExtent } from './drawSize.js';

function drawAxis(draw: Draw, size: Size) {
  const inputSize = drawExtent(draw, size);
  const kernel = draw.pick(1, 2, 2, 3, 4, draw.int(1, 5));
  const missing = Math.max(0, kernel - inputSize);
  const before = draw.pick(Math.min(missing, kernel - 1), draw.int(missing, kernel - 1));
  return { inputSize, kernel, stride: draw.int(1, 3), dilation: 1, before, after: draw.int(0, kernel - 1) };
}

function drawPool(draw: Draw, size: Size, types: readonly ('int8' | 'uint8' | 'int32')[]) {
  const vertical = drawAxis(draw, size);
  const horizontal = drawAxis(draw, size);
  const batch = drawBatch(draw);
  const channels = drawChannels(draw, size);
  const input = drawActivation(draw, [batch, vertical.inputSize, horizontal.inputSize, channels], types);
  const { min, max } = elementRange[input.type];
  const clamp = draw.chance(3) ? draw.int(input.quantMin, input.quantMax) : min;
  return {
    inputs: [input],
    output: {
      ...input,
      shape: [batch, convolutionOutputSize(vertical), convolutionOutputSize(horizontal), channels],
      quantMin: clamp,
      quantMax: draw.pick(max, draw.int(clamp, max)),
    },
    kernel: [vertical.kernel, horizontal.kernel],
    strides: [vertical.stride, horizontal.stride],
    padding: {
      top: vertical.before,
      bottom: vertical.after,
      left: horizontal.before,
      right: horizontal.after,
    },
  } as const;
}

/** A maximum pool with asymmetric padding, clamped once in a while. */
export function drawMaxPool2d(draw: Draw, size: Size): MaxPool2dOp {
  return { op: 'maxPool2d', ...drawPool(draw, size, mostlyByteTypes) };
}

/** An average pool with asymmetric padding. */
export function drawAveragePool2d(draw: Draw, size: Size): AveragePool2dOp {
  const rounding = draw.pick('halfUp', 'halfAwayFromZero');
  return { op: 'averagePool2d', ...drawPool(draw, size, byteTypes), rounding };
}

/** A global average pool. */
export function drawGlobalAveragePool2d(draw: Draw, size: Size): GlobalAveragePool2dOp {
  const batch = drawBatch(draw);
  const channels = drawChannels(draw, size);
  const input = drawActivation(
    draw,
    [batch, drawExtent(draw, size), drawExtent(draw, size), channels],
    byteTypes,
  );
  const count = input.shape[1] * input.shape[2];
  return {
    op: 'globalAveragePool2d',
    inputs: [input],
    ...drawRequantizedOutput(draw, [batch, channels], count * 255),
  };
}
