import type { Conv2dOp, DepthwiseConv2dOp } from '@bnfree/integer-kernels';
import { convolutionOutputSize, definitionOf, elementRange } from '@bnfree/integer-kernels';
import { byteTypes, drawActivation } from './drawActivation.js';
import { drawBias } from './drawBias.js';
import type { Draw } from '../draw.js';
import { drawRequantizedOutput } from './drawRequantization.js';
import { type Size, drawBatch, drawChannels, drawExtent } from './drawSize.js';
import { drawWeights } from './drawWeights.js';

/** Kernels and strides of the first layers of well-known networks, and a kernel that often exceeds the image. */
const largeWindows: readonly (readonly [number, number])[] = [
  [5, 1],
  [7, 2],
  [11, 4],
  [7, 1],
];

/** A window that fits: input, kernel, stride, dilation and padding along one axis. */
function drawAxis(draw: Draw, size: Size) {
  const inputSize = drawExtent(draw, size);
  const dilation = draw.pick(1, 1, 1, 2, 3);
  const [kernel, stride] = draw.chance(8)
    ? draw.pick(...largeWindows)
    : [draw.pick(1, 3, 3, draw.int(1, 5)), draw.pick(1, 1, 2, 3, 4)];
  const missing = Math.max(0, (kernel - 1) * dilation + 1 - inputSize);
  const before = draw.pick(missing, missing, missing + 1, missing + draw.int(0, 4));
  const after = draw.pick(0, 1, draw.int(0, 3));
  return { inputSize, kernel, stride, dilation, before, after };
}

/** A plain convolution, grouped once in a while. */
export function drawConv2d(draw: Draw, size: Size): Conv2dOp {
  const groups = draw.pick(1, 1, 1, 2, 3);
  const depth = groups > 1 ? draw.int(1, 9) : drawChannels(draw, size);
  const outputChannels = groups > 1 ? groups * draw.int(1, 9) : drawChannels(draw, size);
  const window = drawWindow(draw, size, depth * groups);
  const { vertical, horizontal } = window;
  const weights = drawWeights(draw, [outputChannels, vertical.kernel, horizontal.kernel, depth]);
  return finish(
    draw,
    { op: 'conv2d', ...window.fields, groups, weights },
    window.outputShape(outputChannels),
  );
}

/** A depthwise convolution with a channel multiplier. */
export function drawDepthwiseConv2d(draw: Draw, size: Size): DepthwiseConv2dOp {
  const channels = drawChannels(draw, size);
  const channelMultiplier = draw.pick(1, 1, 2, 3);
  const window = drawWindow(draw, size, channels);
  const { vertical, horizontal } = window;
  const weights = drawWeights(draw, [channels * channelMultiplier, vertical.kernel, horizontal.kernel]);
  const open = { op: 'depthwiseConv2d', ...window.fields, channelMultiplier, weights } as const;
  return finish(draw, open, window.outputShape(channels * channelMultiplier));
}

/** Input, strides, dilations and padding that both kinds share. */
function drawWindow(draw: Draw, size: Size, channels: number) {
  const vertical = drawAxis(draw, size);
  const horizontal = drawAxis(draw, size);
  const batch = drawBatch(draw);
  const input = drawActivation(draw, [batch, vertical.inputSize, horizontal.inputSize, channels], byteTypes);
  const { min, max } = elementRange[input.type];
  const value = draw.pick(input.zeroPoint, input.zeroPoint, draw.int(min, max), min, max);
  return {
    vertical,
    horizontal,
    fields: {
      inputs: [input],
      strides: [vertical.stride, horizontal.stride],
      dilations: [vertical.dilation, horizontal.dilation],
      padding: {
        top: vertical.before,
        bottom: vertical.after,
        left: horizontal.before,
        right: horizontal.after,
        value,
      },
    } as const,
    outputShape: (outputChannels: number) =>
      [batch, convolutionOutputSize(vertical), convolutionOutputSize(horizontal), outputChannels] as const,
  };
}

type Open<Op> = Op extends unknown ? Omit<Op, 'output' | 'requantization' | 'bias'> : never;

/** Adds what depends on the size of the accumulator. */
function finish<Op extends Conv2dOp | DepthwiseConv2dOp>(
  draw: Draw,
  open: Open<Op>,
  shape: readonly number[],
): Op {
  const output = { shape, type: 'int32', zeroPoint: 0, quantMin: 0, quantMax: 0 } as const;
  const draft = { ...open, output, requantization: { kind: 'none' } } as unknown as Op;
  const { magnitude } = definitionOf(draft).accumulatorBound(draft);
  return {
    ...draft,
    ...drawBias(draw, shape[3], magnitude),
    ...drawRequantizedOutput(draw, shape, magnitude),
  };
}
