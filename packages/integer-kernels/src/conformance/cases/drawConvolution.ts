import type { ActivationSpec, Conv2dOp, DepthwiseConv2dOp } from '@bnfree/integer-kernels';
import { convolutionOutputSize, definitionOf, elementRange } from '@bnfree/integer-kernels';
import { byteTypes, drawActivation } from './drawActivation.js';
import { drawBias } from './drawBias.js';
import type { Draw } from '../draw.js';
import { drawRequantizedOutput, usualMagnitude } from './drawRequantization.js';
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
function drawAxis(draw: Draw, inputSize: number) {
  const dilation = draw.pick(1, 1, 1, 2, 3);
  const [kernel, stride] = draw.chance(8)
    ? draw.pick(...largeWindows)
    : [draw.pick(1, 3, 3, draw.int(1, 5)), draw.pick(1, 1, 2, 3, 4)];
  const missing = Math.max(0, (kernel - 1) * dilation + 1 - inputSize);
  const before = draw.pick(missing, missing, missing + 1, missing + draw.int(0, 4));
  const after = draw.pick(0, 1, draw.int(0, 3));
  return { inputSize, kernel, stride, dilation, before, after };
}

/** A plain convolution, grouped once in a while; of an input that is given, or of any. */
export function drawConv2d(draw: Draw, size: Size, given?: ActivationSpec): Conv2dOp {
  const channels = given?.shape[3];
  const groups = draw.pick(
    1,
    1,
    1,
    ...[2, 3, channels ?? 2].filter((count) => (channels ?? 6) % count === 0),
  );
  const isGrouped = groups > 1;
  const depth =
    channels === undefined ? (isGrouped ? draw.int(1, 9) : drawChannels(draw, size)) : channels / groups;
  const outputChannels = isGrouped ? groups * draw.int(1, groups > 3 ? 2 : 9) : drawChannels(draw, size);
  const window = drawWindow(draw, size, given ?? depth * groups);
  const { vertical, horizontal } = window;
  const weights = drawWeights(draw, [outputChannels, vertical.kernel, horizontal.kernel, depth]);
  const open = { op: 'conv2d', ...window.fields, groups, weights } as const;
  return finish(draw, open, window.outputShape(outputChannels));
}

/** A depthwise convolution with a channel multiplier; of an input that is given, or of any. */
export function drawDepthwiseConv2d(draw: Draw, size: Size, given?: ActivationSpec): DepthwiseConv2dOp {
  const channels = given?.shape[3] ?? drawChannels(draw, size);
  const channelMultiplier = draw.pick(1, 1, 1, 2, 3, 9);
  const window = drawWindow(draw, size, given ?? channels);
  const { vertical, horizontal } = window;
  const weights = drawWeights(draw, [channels * channelMultiplier, vertical.kernel, horizontal.kernel]);
  const open = { op: 'depthwiseConv2d', ...window.fields, channelMultiplier, weights } as const;
  return finish(draw, open, window.outputShape(channels * channelMultiplier));
}

/** Strides, dilations and padding that both kinds share, of an input that is given or has the channels given. */
function drawWindow(draw: Draw, size: Size, given: ActivationSpec | number) {
  const input = typeof given === 'number' ? drawImage(draw, size, given) : given;
  const [batch, height, width] = input.shape;
  const vertical = drawAxis(draw, height);
  const horizontal = drawAxis(draw, width);
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

function drawImage(draw: Draw, size: Size, channels: number): ActivationSpec {
  const shape = [drawBatch(draw), drawExtent(draw, size), drawExtent(draw, size), channels];
  return drawActivation(draw, shape, byteTypes);
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
    ...drawRequantizedOutput(draw, shape, usualMagnitude(draw, draft, magnitude)),
  };
}
