import { elementRange } from '../../activation.js';
import { activationMagnitude } from '../../ops/activationMagnitude.js';
import { channelBounds } from '../../ops/channelBounds.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import type { Requantization } from '../../requantization.js';
import type { Weights } from '../../weights.js';
import { add, type ModuleBuilder } from '../emitter/index.js';
import { outputStage, planOutput } from '../outputStage.js';
import { runParameters } from '../runParameters.js';
import type { KernelPlan, OperandTensorLayouts } from '../wasmKernel.js';
import { blockPixels, type BlockShape } from './blockShape.js';
import { addPrepareBlock } from './prepareBlock.js';
import { emitUnits } from './emitUnits.js';
import { addMultiply, type MultiplyShape } from './multiplyTile.js';
import { depthOf, panelChannels, panelCount, type PanelShape } from './panelShape.js';
import { productName, productOf, type ProductCode } from './product.js';
import { planTiling } from './tiling.js';
import {
  foldedBias,
  panelsByteLength,
  parametersByteLength,
  writePanels,
  writeParameters,
} from './weightPanels.js';
import type { Sliding } from './windows.js';

/** A layer of constant weights that is a matrix product of windows. */
export interface Convolution extends Sliding {
  readonly name: string;
  readonly weights: Weights;
  readonly bias: Int32Array | undefined;
  readonly requantization: Requantization;
}

/** Everything that the emitted module depends on. */
interface ConvolutionCode {
  readonly block: BlockShape;
  readonly multiply: MultiplyShape;
  readonly parametersBytes: number;
}

/** Plans a convolution: tiles of four pixels by eight channels, whose windows are read where they lie, or widened row by row. */
export function planConvolution(
  convolution: Convolution,
  layouts: OperandTensorLayouts,
  product: ProductCode,
): KernelPlan {
  const { input, output, groups, weights: packed, requantization, bias, padding } = convolution;
  const { center = 0 } = product;
  const tiling = planTiling(convolution, layouts.inputs[0], layouts.output, product, center);
  const { block, blocks, runs, windowBytes, groupBytes } = tiling;
  const channels = packed.shape[0] / groups;
  const panels: PanelShape = { product, runs: runs.rows * runs.taps, runLength: runs.length, channels };
  const magnitude = Math.max(activationMagnitude(input), Math.abs(padding.value - input.zeroPoint));
  const stored = planOutput(requantization, output, channelBounds(packed, magnitude, bias));
  const constants = { panels, output: stored };
  const parametersBytes = parametersByteLength(constants);
  // How runs are cut depends on the layout; the size of the constants may not.
  const taps = convolution.kernel[0] * convolution.kernel[1];
  const largestPanels = { ...panels, runs: taps, runLength: depthOf(panels) / taps };
  const code: ConvolutionCode = {
    block,
    multiply: {
      panels,
      groups,
      output: stored.code,
      outputElementBytes: elementRange[output.type].bytes,
      outputPixelBytes: block.output.pixelBytes,
      runs,
      windowBytes,
      groupBytes,
      tiles: block.tiles,
      lists: block.lists,
      sumsOffset: block.sumsOffset,
    },
    parametersBytes: groups * parametersBytes,
  };
  return {
    kernel: `${convolution.name} ${productName(product)} ${block.lists[0].pixels}x${panelChannels(panels)}`,
    key: `matrix ${JSON.stringify(code)}`,
    constantBytes: code.parametersBytes + groups * panelsByteLength(largestPanels),
    isRelaxed: productOf(product).isRelaxed === true,
    threadScratchBytes: tiling.threadScratchBytes,
    phases: [
      {
        units: blocks * groups * panelCount(panels),
        unitCost: panelChannels(panels) * depthOf(panels) * blockPixels(block),
      },
    ],
    emit: (module, exportNames) => {
      emitConvolution(module, code, exportNames);
    },
    writeConstants(view) {
      const weights = unpackWeights(packed);
      const biasOf = foldedBias(bias, weights, depthOf(panels), input.zeroPoint - center, product.zeroBit);
      for (let group = 0; group < groups; group += 1) {
        const firstChannel = group * channels;
        writeParameters(view, group * parametersBytes, { ...constants, firstChannel, biasOf });
        const start = code.parametersBytes + group * panelsByteLength(panels);
        writePanels(view, start, panels, weights, firstChannel);
      }
    },
  };
}

function emitConvolution(
  module: ModuleBuilder,
  { block, multiply, parametersBytes }: ConvolutionCode,
  [exportName]: readonly string[],
): void {
  const stage = outputStage(module, multiply.output);
  const prepareBlock = addPrepareBlock(module, block);
  const multiplyFunction = addMultiply(module, multiply, stage);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    emitUnits(f, block, multiply.groups * panelCount(multiply.panels), from.begin, from.end, {
      input: from.input,
      output: from.output,
      scratch: from.threadScratch,
      parameters: from.constants,
      panels: add(from.constants, parametersBytes),
      prepareBlock,
      multiply: multiplyFunction,
    });
  });
}
