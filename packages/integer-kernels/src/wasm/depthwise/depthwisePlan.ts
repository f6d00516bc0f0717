import { channelBounds } from '../../ops/channelBounds.js';
import type { DepthwiseConv2dOp } from '../../ops/depthwiseConv2d.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import { GROUP_CHANNELS } from '../elements.js';
import { stepStarts } from '../emitSteps.js';
import { planOutput } from '../outputStage.js';
import type { KernelPlan, OperandTensorLayouts } from '../wasmKernel.js';
import { depthwiseCode, stripByteLength } from './depthwiseCode.js';
import { emitDepthwise } from './emitDepthwise.js';
import { tapSums, type TapRange, type TapSums, type TapWeights } from './tapSums.js';
import { writeDepthwisePanels } from './writeDepthwisePanels.js';

/** Whether sums of 16 bits can give the exact result. */
export function supportsDepthwise(layer: DepthwiseConv2dOp): boolean {
  return tapSums(weightsOf(layer), rangeOf(layer)) !== undefined;
}

/**
 * Plans a depthwise convolution of any strides, dilations and channel multiplier.
 *
 * Pixels of a row together, eight channels at once, products summed in 16 bits. The layer must be supported.
 */
export function planDepthwise(layer: DepthwiseConv2dOp, layouts: OperandTensorLayouts): KernelPlan {
  const channels = layer.weights.shape[0];
  const weights = weightsOf(layer);
  const range = rangeOf(layer);
  const { zeroPoint } = layer.inputs[0];
  const magnitude = Math.max(range.max - zeroPoint, zeroPoint - range.min);
  const bounds = channelBounds(weights.values, channels, magnitude, layer.bias);
  const stored = planOutput(layer.requantization, layer.output, bounds);
  const code = depthwiseCode(layer, layouts, tapSums(weights, range) as TapSums, stored.code);
  const { output, sums, panel } = code;
  const starts = stepStarts(channels, Math.min(channels, GROUP_CHANNELS));
  const parts = sums.isWhole ? '' : `, ${weights.height * sums.segments.length} sums`;
  return {
    kernel: `depthwiseConv2d i16 ${code.pixels}x8${parts}`,
    key: `depthwise ${JSON.stringify(code)}`,
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
      writeDepthwisePanels(view, layer, code, stored, starts, weights, range);
    },
  };
}

function weightsOf({ weights }: DepthwiseConv2dOp): TapWeights {
  return { values: unpackWeights(weights), height: weights.shape[1], width: weights.shape[2] };
}

/** The values that a tap can see: those of the input and of the padding. */
function rangeOf({ inputs: [input], padding }: DepthwiseConv2dOp): TapRange {
  return { min: Math.min(input.quantMin, padding.value), max: Math.max(input.quantMax, padding.value) };
}
