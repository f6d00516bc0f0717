import {
  type ActivationSpec,
  type AveragePool2dOp,
  type ElementType,
  type GlobalAveragePool2dOp,
  type MaxPool2dOp,
  convolutionOutputSize,
  elementRange,
} from '@bnfree/integer-kernels';
import { byteTypes, drawActivation, mostlyByteTypes } from './drawActivation.js';
import { type Draw, isWild } from '../draw.js';
import { drawRequantizedOutput } from './drawRequantization.js';
import { type Size, drawBatch, drawChannels, drawExtent } from './drawSize.js';

function drawAxis(draw: Draw, inputSize: number) {
  const kernel = draw.pick(1, 2, 2, 3, 4, draw.int(1, 5));
  const missing = Math.max(0, kernel - inputSize);
  const before = draw.pick(Math.min(missing, kernel - 1), draw.int(missing, kernel - 1));
  return { inputSize, kernel, stride: draw.int(1, 3), dilation: 1, before, after: draw.int(0, kernel - 1) };
}

function drawPool(draw: Draw, input: ActivationSpec) {
  const [batch, height, width, channels] = input.shape;
  const vertical = drawAxis(draw, height);
  const horizontal = drawAxis(draw, width);
  const { min, max } = elementRange[input.type];
  const clamp = isWild(draw, 3) ? draw.int(input.quantMin, input.quantMax) : min;
  return {
    inputs: [input],
    output: {
      ...input,
      shape: [batch, convolutionOutputSize(vertical), convolutionOutputSize(horizontal), channels],
      quantMin: clamp,
      quantMax: isWild(draw, 2) ? draw.int(clamp, max) : max,
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

/** A maximum pool with asymmetric padding, clamped once in a while; of an input that is given, or of any. */
export function drawMaxPool2d(draw: Draw, size: Size, given?: ActivationSpec): MaxPool2dOp {
  return { op: 'maxPool2d', ...drawPool(draw, given ?? drawImage(draw, size, mostlyByteTypes)) };
}

/** An average pool with asymmetric padding; of an input that is given, or of any. */
export function drawAveragePool2d(draw: Draw, size: Size, given?: ActivationSpec): AveragePool2dOp {
  const rounding = draw.pick('halfUp', 'halfAwayFromZero');
  return { op: 'averagePool2d', ...drawPool(draw, given ?? drawImage(draw, size, byteTypes)), rounding };
}

/** A global average pool; of an input that is given, or of any. */
export function drawGlobalAveragePool2d(
  draw: Draw,
  size: Size,
  given?: ActivationSpec,
): GlobalAveragePool2dOp {
  const input = given ?? drawImage(draw, size, byteTypes);
  const [batch, height, width, channels] = input.shape;
  return {
    op: 'globalAveragePool2d',
    inputs: [input],
    ...drawRequantizedOutput(draw, [batch, channels], height * width * 255),
  };
}

function drawImage(draw: Draw, size: Size, types: readonly ElementType[]): ActivationSpec {
  const shape = [drawBatch(draw), drawExtent(draw, size), drawExtent(draw, size), drawChannels(draw, size)];
  return drawActivation(draw, shape, types);
}
