import { channelBounds } from '../../ops/channelBounds.js';
import type { DepthwiseConv2dOp } from '../../ops/depthwiseConv2d.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import { GROUP_CHANNELS } from '../elements.js';
import { stepStarts } from '../emitSteps.js';
import { foldedBias } from '../matrix/weightPanels.js';
import { outputPlan, planOutput } from '../outputStage.js';
import type { KernelPlan, OperandTensorLayouts } from '../wasmKernel.js';
import { depthwiseCode, stripByteLength } from './depthwiseCode.js';
import { emitDepthwise } from './emitDepthwise.js';
import { scaledSums } from './scaledSums.js';
import {
  sumCenters,
  tapSums,
  type TapRange,
  type TapsAtOnce,
  type TapSums,
  type TapWeights,
} from './tapSums.js';
import { writeDepthwisePanels } from './writeDepthwisePanels.js';

/** Whether sums of 16 bits can give the exact result; by pairs of bytes where these leave relaxed SIMD no choice. */
export function supportsDepthwise(layer: DepthwiseConv2dOp, tapsAtOnce: TapsAtOnce): boolean {
  const weights = weightsOf(layer);
  const range = rangeOf(layer);
  const arePairs = tapsAtOnce === 2;
  // The products of bytes that relaxed SIMD defines: int8 times 0 .. 127.
  if (arePairs && (range.min < 0 || range.max > 127)) return false;
  if (arePairs && weights.values.some((weight) => weight < -128 || weight > 127)) return false;
  return tapSums(weights, range, tapsAtOnce) !== undefined;
}

/**
 * Plans a depthwise convolution of any strides, dilations and channel multiplier.
 *
 * Pixels of a row together, eight channels at once, products summed in 16 bits. The layer must be supported.
 */
export function planDepthwise(
  layer: DepthwiseConv2dOp,
  layouts: OperandTensorLayouts,
  tapsAtOnce: TapsAtOnce,
): KernelPlan {
  const { requantization, output: outputSpec, bias } = layer;
  const channels = layer.weights.shape[0];
  const weights = weightsOf(layer);
  const range = rangeOf(layer);
  const { zeroPoint } = layer.inputs[0];
  const magnitude = Math.max(range.max - zeroPoint, zeroPoint - range.min);
  const bounds = channelBounds(layer.weights, magnitude, bias);
  const sums = tapSums(weights, range, tapsAtOnce) as TapSums;
  const centers = sumCenters(weights, range, sums);
  const bases = basesOf(layer, weights, centers);
  // In base SIMD a rounding product takes five instructions: for a second sum, widening is as fast.
  const mayScale = sums.areWhole && sums.segments.length <= tapsAtOnce;
  const ofChannels = bases.map((base, channel) => ({ base, bound: bounds[channel] }));
  const scaled = mayScale
    ? scaledSums(requantization, outputSpec, ofChannels, sums.segments.length)
    : undefined;
  const stored =
    scaled === undefined
      ? planOutput(requantization, outputSpec, bounds)
      : outputPlan(scaled.plan, outputSpec);
  const isScaled = scaled !== undefined;
  const code = depthwiseCode(layer, layouts, { tapsAtOnce, sums, isScaled }, stored.code);
  const { output, panel } = code;
  const starts = stepStarts(channels, Math.min(channels, GROUP_CHANNELS));
  const parts = (sums.areWhole ? 1 : weights.height) * sums.segments.length;
  return {
    kernel: `depthwiseConv2d ${tapsAtOnce === 2 ? 'relaxed' : 'i16'} ${code.pixels}x8, ${parts === 1 ? '1 sum' : `${parts} sums`}`,
    key: `depthwise ${JSON.stringify(code)}`,
    isRelaxed: tapsAtOnce === 2,
    constantBytes: starts.length * panel.byteLength,
    threadScratchBytes: stripByteLength(layer),
    phases: [
      {
        units: output.batch * output.height,
        unitCost: output.width * weights.height * weights.width * channels,
      },
    ],
    emit: (module, exportNames) => {
      emitDepthwise(module, code, exportNames);
    },
    writeConstants(view) {
      writeDepthwisePanels(view, code, { weights, centers, bases, scaled, fields: stored.fields }, starts);
    },
  };
}

/** What is added to the sums of a channel to give its accumulator. */
function basesOf(
  { bias, inputs: [{ zeroPoint }] }: DepthwiseConv2dOp,
  { values, height, width }: TapWeights,
  centers: readonly number[],
): number[] {
  const depth = height * width;
  const biasOf = foldedBias(bias, values, depth, zeroPoint);
  const perChannel = (centers.length * depth) / values.length;
  return Array.from({ length: values.length / depth }, (_, channel) =>
    centers
      .slice(channel * perChannel, (channel + 1) * perChannel)
      .reduce((sum, center) => sum + center, biasOf(channel)),
  );
}

function weightsOf({ weights }: DepthwiseConv2dOp): TapWeights {
  return { values: unpackWeights(weights), height: weights.shape[1], width: weights.shape[2] };
}

/** The values that a tap can see: those of the input and of the padding. */
function rangeOf({ inputs: [input], padding }: DepthwiseConv2dOp): TapRange {
  return { min: Math.min(input.quantMin, padding.value), max: Math.max(input.quantMax, padding.value) };
}
