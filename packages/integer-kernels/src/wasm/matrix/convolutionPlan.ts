import { elementRange, type ActivationSpec } from '../../activation.js';
import { weightRange } from '../../packing/decodeWeight.js';
import { weightRowLength } from '../../packing/packedRowBytes.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import type { Requantization } from '../../requantization.js';
import type { Weights } from '../../weights.js';
import { add, i32, ModuleBuilder } from '../emitter/index.js';
import { geometryOf, pixelCount, type Geometry } from '../geometry.js';
import { outputStage, planOutput } from '../outputStage.js';
import { OVERREAD_BYTES, type KernelPlan, type OperandTensorLayouts } from '../wasmKernel.js';
import { blockRows } from './blockRows.js';
import { addGather, type PatchShape } from './gatherPatches.js';
import { addMultiply, type MultiplyShape } from './multiplyTile.js';
import { rowBytes, tailUnroll, TILE_ROWS, type PanelShape } from './panelShape.js';
import { blockScratch, emitBlocks, rowsAddress } from './runBlocks.js';
import { runParameters } from '../runParameters.js';
import {
  foldedBias,
  panelsByteLength,
  parametersByteLength,
  writePanels,
  writeParameters,
} from './weightPanels.js';

/** A layer of constant weights that is a matrix product of patches. */
export interface Convolution {
  readonly name: string;
  readonly input: ActivationSpec;
  readonly output: ActivationSpec;
  readonly weights: Weights;
  readonly bias: Int32Array | undefined;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: { readonly top: number; readonly left: number; readonly value: number };
  readonly groups: number;
  readonly requantization: Requantization;
}

/** Everything that the emitted module depends on. */
interface ConvolutionCode {
  readonly patch: PatchShape;
  readonly multiply: MultiplyShape;
  readonly groups: number;
  readonly blockRows: number;
  readonly parametersBytes: number;
  readonly panelsBytes: number;
}

/** Panels of more bytes than this hold int8 weights, if those fit: they come from memory, not from a cache. */
const LARGE_PANELS_BYTES = 1 << 20;

/** Plans a convolution: patches gathered block by block into int16 rows, then tiles of 4 rows by 8 channels. */
export function planConvolution(convolution: Convolution, layouts: OperandTensorLayouts): KernelPlan {
  const { input, output, groups, requantization, bias } = convolution;
  const stored = planOutput(requantization, output);
  const outputGeometry = geometryOf(output, layouts.output);
  const rows = pixelCount(outputGeometry);
  const panels = panelShape(convolution, rows);
  const constants = { panels, output: stored };
  const code: ConvolutionCode = {
    patch: patchShape(convolution, geometryOf(input, layouts.inputs[0]), outputGeometry, rowBytes(panels)),
    multiply: {
      panels,
      output: stored.code,
      outputElementBytes: elementRange[output.type].bytes,
      tailRows: rows % TILE_ROWS,
      tailUnroll: tailUnroll(rows),
      hasFullTiles: rows >= TILE_ROWS,
    },
    groups,
    blockRows: blockRows(rowBytes(panels), rows),
    parametersBytes: parametersByteLength(constants),
    panelsBytes: panelsByteLength(panels),
  };
  return {
    kernel: `${convolution.name} ${panels.weightBytes === 1 ? 'i8' : 'i16'} dot ${Math.min(rows, TILE_ROWS)}x8`,
    key: `convolution ${JSON.stringify(code)}`,
    constantBytes: groups * (code.parametersBytes + code.panelsBytes),
    threadScratchBytes: blockScratch(code.blockRows, rowBytes(panels)).byteLength,
    phases: [{ units: rows, unitStep: TILE_ROWS, unitCost: panels.depth * panels.channels * groups }],
    emit: (module, exportNames) => {
      emitConvolution(module, code, exportNames);
    },
    writeConstants(view) {
      const weights = unpackWeights(convolution.weights);
      const biasOf = foldedBias(bias, weights, panels.depth, input.zeroPoint);
      for (let group = 0; group < groups; group += 1) {
        const firstChannel = group * panels.channels;
        writeParameters(view, group * code.parametersBytes, { ...constants, firstChannel, biasOf });
        const start = groups * code.parametersBytes + group * code.panelsBytes;
        writePanels(view, start, panels, weights, firstChannel);
      }
    },
  };
}

function panelShape({ weights, groups }: Convolution, rows: number): PanelShape {
  const { shape, zeroPoint } = weights;
  const channels = shape[0] / groups;
  const depth = weightRowLength(shape);
  const unroll = tailUnroll(rows);
  const depthPairs = Math.ceil(depth / 2 / unroll) * unroll;
  const isMemoryBound = rows < 2 * TILE_ROWS || depthPairs * 4 * shape[0] > LARGE_PANELS_BYTES;
  const { min, max } = weightRange(weights);
  const fitsInt8 = min - zeroPoint >= -128 && max - zeroPoint <= 127;
  return { depth, depthPairs, channels, weightBytes: isMemoryBound && fitsInt8 ? 1 : 2 };
}

function patchShape(
  convolution: Convolution,
  input: Geometry,
  output: Geometry,
  bytesOfRow: number,
): PatchShape {
  const { kernel, strides, dilations, padding, groups } = convolution;
  const type = convolution.input.type === 'uint8' ? 'uint8' : 'int8';
  return {
    input,
    output,
    widen: { type, zeroPoint: 0, mayOverread: input.tailBytes >= OVERREAD_BYTES },
    kernel,
    strides,
    dilations,
    padding: {
      top: padding.top,
      left: padding.left,
      isUsed: reachesOutside(convolution, input, output),
      value: padding.value,
    },
    channels: input.channels / groups,
    rowBytes: bytesOfRow,
  };
}

function reachesOutside(
  { kernel, strides, dilations, padding }: Convolution,
  input: Geometry,
  output: Geometry,
): boolean {
  const lastRow = (output.height - 1) * strides[0] + (kernel[0] - 1) * dilations[0] - padding.top;
  const lastColumn = (output.width - 1) * strides[1] + (kernel[1] - 1) * dilations[1] - padding.left;
  return padding.top > 0 || padding.left > 0 || lastRow >= input.height || lastColumn >= input.width;
}

function emitConvolution(
  module: ModuleBuilder,
  code: ConvolutionCode,
  [exportName]: readonly string[],
): void {
  const { patch, multiply, groups, parametersBytes, panelsBytes } = code;
  const stage = outputStage(module, multiply.output);
  const gatherFunction = addGather(module, patch);
  const multiplyFunction = addMultiply(module, multiply, stage);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const group = {
      parameters: f.local('i32', 'groupParameters'),
      panels: f.local('i32', 'groupPanels'),
      input: f.local('i32', 'groupInput'),
      output: f.local('i32', 'groupOutput'),
    };
    const rows = rowsAddress(from.threadScratch, blockScratch(code.blockRows, patch.rowBytes));
    emitBlocks(f, from.begin, from.end, code.blockRows, (first, count) => {
      f.set(group.parameters, from.constants);
      f.set(group.panels, add(from.constants, groups * parametersBytes));
      f.set(group.input, i32(0));
      f.set(group.output, i32(0));
      f.repeat(f.local('i32', 'groupsLeft'), groups, () => {
        f.call(gatherFunction, from.input, from.output, rows, from.threadScratch, first, count, group.input);
        f.call(
          multiplyFunction,
          rows,
          from.threadScratch,
          count,
          group.panels,
          group.parameters,
          group.output,
        );
        f.increase(group.parameters, parametersBytes);
        f.increase(group.panels, panelsBytes);
        f.increase(group.input, patch.channels);
        f.increase(group.output, multiply.panels.channels * multiply.outputElementBytes);
      });
    });
  });
}
