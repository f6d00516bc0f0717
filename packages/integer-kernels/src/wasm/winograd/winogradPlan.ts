import { activationMagnitude } from '../../ops/activationMagnitude.js';
import { channelBounds } from '../../ops/channelBounds.js';
import type { Conv2dOp } from '../../ops/conv2d.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import {
  add,
  i32,
  isLess,
  multiply,
  op,
  quotient,
  remainder,
  select,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import { geometryOf } from '../geometry.js';
import { lastPanelChannels, parameterBytes } from '../matrix/panelShape.js';
import { foldedBias, parametersByteLength, writeParameters } from '../matrix/weightPanels.js';
import { outputStage, planOutput, type OutputCode } from '../outputStage.js';
import { runParameters } from '../runParameters.js';
import type { KernelPhase, KernelPlan, OperandTensorLayouts } from '../wasmKernel.js';
import { patchByteLength } from './copyPatch.js';
import { centerOf } from './isExact.js';
import { addMultiplyFrequencies } from './multiplyFrequencies.js';
import { addTransformInput, type InputCode } from './transformInput.js';
import { addTransformOutput, RESULT_BYTES, type OutputTransformCode } from './transformOutput.js';
import {
  FREQUENCIES,
  inputBlockBytes,
  productBytes,
  winogradShape,
  type WinogradShape,
} from './winogradShape.js';
import { writeTransformedWeights } from './writeTransformedWeights.js';

/** Everything that the emitted functions depend on. */
interface WinogradCode {
  readonly shape: WinogradShape;
  readonly inputs: Omit<InputCode, 'shape'>;
  readonly outputs: Omit<OutputTransformCode, 'shape'>;
  readonly stored: OutputCode;
  readonly groupChannels: number;
  readonly parametersBytes: number;
  readonly weightsBytes: number;
  readonly scratch: ScratchOffsets;
}

/** Where the parts of a thread's scratch begin. */
interface ScratchOffsets {
  readonly results: number;
  readonly products: number;
  readonly inputs: number;
  readonly end: number;
}

const knownBounds = new WeakMap<Conv2dOp, readonly number[]>();

/** Largest accumulator of every output channel, from above; counted once an op. */
function boundsOf(layer: Conv2dOp): readonly number[] {
  const { inputs, weights, bias, padding } = layer;
  let bounds = knownBounds.get(layer);
  if (bounds === undefined) {
    const paddingMagnitude = Math.abs(padding.value - inputs[0].zeroPoint);
    const magnitude = Math.max(activationMagnitude(inputs[0]), paddingMagnitude);
    bounds = channelBounds(unpackWeights(weights), weights.shape[0], magnitude, bias);
    knownBounds.set(layer, bounds);
  }
  return bounds;
}

/** Plans a convolution by exact Winograd F(4x4, 3x3): transform tiles, multiply 36 frequencies, transform back. */
export function planWinograd(layer: Conv2dOp, layouts: OperandTensorLayouts): KernelPlan {
  const { inputs, output, weights, padding, groups, requantization, bias } = layer;
  const shape = winogradShape(layer);
  const stored = planOutput(requantization, output, boundsOf(layer));
  const channels = weights.shape[0] / groups;
  const { depthPairs } = shape;
  const panels = { channels };
  const constants = { panels, output: stored };
  const [{ halo }] = layouts.inputs;
  const center = centerOf(layer);
  const code: WinogradCode = {
    shape,
    inputs: {
      input: geometryOf(inputs[0], layouts.inputs[0]),
      type: inputs[0].type === 'uint8' ? 'uint8' : 'int8',
      top: padding.top,
      left: padding.left,
      paddingValue: padding.value,
      halo: [halo.top, halo.left],
      center,
    },
    outputs: {
      output: geometryOf(output, layouts.output),
      parameterBytes: parameterBytes(stored.code),
      lastChannels: lastPanelChannels(panels),
    },
    stored: stored.code,
    groupChannels: channels,
    parametersBytes: parametersByteLength(constants),
    weightsBytes: shape.panels * FREQUENCIES * depthPairs * 32,
    scratch: scratchOffsets(shape, inputs[0].shape[3]),
  };
  return {
    kernel: 'conv2d winograd 4x4 i16 dot 4x8',
    key: `winograd ${JSON.stringify(code)}`,
    constantBytes: groups * (code.parametersBytes + code.weightsBytes),
    scratchBytes: shape.isShared ? shape.tileBlocks * inputBlockBytes(shape) : 0,
    threadScratchBytes: code.scratch.end,
    phases: phasesOf(shape),
    emit: (module, exportNames) => {
      emitWinograd(module, code, exportNames);
    },
    writeConstants(view) {
      const values = unpackWeights(weights);
      const [rows, kernelHeight, kernelWidth] = weights.shape;
      const length = values.length / rows;
      const biasOf = foldedBias(bias, values, length, inputs[0].zeroPoint - center);
      for (let group = 0; group < groups; group += 1) {
        const firstChannel = group * channels;
        writeParameters(view, group * code.parametersBytes, { ...constants, firstChannel, biasOf });
        const start = view.byteOffset + groups * code.parametersBytes + group * code.weightsBytes;
        writeTransformedWeights(
          new Int32Array(view.buffer, start, code.weightsBytes / 4),
          values.subarray(firstChannel * length, (firstChannel + channels) * length),
          shape,
          [kernelHeight, kernelWidth],
        );
      }
    },
  };
}

function scratchOffsets(shape: WinogradShape, inputChannels: number): ScratchOffsets {
  const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
  const results = align(patchByteLength(shape.patch, inputChannels));
  const products = results + RESULT_BYTES;
  const inputs = align(products + shape.tileBlock * productBytes(shape));
  return { results, products, inputs, end: inputs + (shape.isShared ? 0 : inputBlockBytes(shape)) };
}

function phasesOf(shape: WinogradShape): KernelPhase[] {
  const { groups, depth, tiles, tileBlock, tileBlocks, panelBlock, panelBlocks, isShared } = shape;
  const blockCost = FREQUENCIES * tileBlock * depth * panelBlock * 8;
  if (!isShared) return [{ units: tileBlocks, unitCost: groups * panelBlocks * blockCost }];
  return [
    { units: tiles, unitCost: FREQUENCIES * groups * depth },
    { units: groups * panelBlocks * tileBlocks, unitCost: blockCost },
  ];
}

/** Adds one function that does everything for a block of tiles, or one that transforms tiles and one that multiplies. */
function emitWinograd(module: ModuleBuilder, code: WinogradCode, exportNames: readonly string[]): void {
  const { shape, scratch } = code;
  const { tileBlock, tileBlocks, tiles, groups, panelBlocks } = shape;
  const transformInput = addTransformInput(module, { ...code.inputs, shape });
  const multiplyBlock = addMultiplyBlock(module, code);
  const parameters = { input: 'i32', ...runParameters } as const;
  const end = (last: Value<'i32'>): Value<'i32'> => select(isLess(last, tiles), last, tiles);
  if (shape.isShared) {
    module.function({ parameters, exportName: exportNames[0] }, (f, from) => {
      f.call(transformInput, from.input, from.scratch, from.threadScratch, from.begin, from.end);
    });
    module.function({ parameters, exportName: exportNames[1] }, (f, from) => {
      f.range(f.local('i32', 'unit'), from.begin, from.end, 1, () => {
        const unit = f.local('i32', 'unit');
        const [panel, block] = [quotient(unit, tileBlocks), remainder(unit, tileBlocks)];
        const inputs = add(from.scratch, multiply(block, inputBlockBytes(shape)));
        f.call(multiplyBlock, from.output, from.constants, inputs, from.threadScratch, block, panel);
      });
    });
    return;
  }
  module.function({ parameters, exportName: exportNames[0] }, (f, from) => {
    const block = f.local('i32', 'block');
    const panel = f.local('i32', 'panel');
    const inputs = f.local('i32', 'inputs');
    const first = f.local('i32', 'first');
    f.set(inputs, add(from.threadScratch, scratch.inputs));
    f.range(block, from.begin, from.end, 1, () => {
      f.set(first, multiply(block, tileBlock));
      const origin = subtract(inputs, multiply(block, inputBlockBytes(shape)));
      f.call(transformInput, from.input, origin, from.threadScratch, first, end(add(first, tileBlock)));
      f.range(panel, 0, groups * panelBlocks, 1, () => {
        f.call(multiplyBlock, from.output, from.constants, inputs, from.threadScratch, block, panel);
      });
    });
  });
}

/** Adds the function that multiplies a block of tiles with a block of panels, and stores the outputs. */
function addMultiplyBlock(module: ModuleBuilder, code: WinogradCode): FunctionReference<undefined> {
  const { shape, scratch, outputs } = code;
  const { tileBlock, tiles, groups, panels, panelBlock, panelBlocks } = shape;
  const stage = outputStage(module, code.stored);
  const multiplyFrequencies = addMultiplyFrequencies(module, shape);
  const transformOutput = addTransformOutput(module, { ...outputs, shape }, stage);
  const parameters = {
    output: 'i32',
    constants: 'i32',
    inputs: 'i32',
    scratch: 'i32',
    tileBlock: 'i32',
    panelBlock: 'i32',
  } as const;
  return module.function({ parameters }, (f, from) => {
    const names = ['group', 'firstPanel', 'panels', 'first', 'count', 'products'] as const;
    const [group, firstPanel, panelCount, first, count, products] = names.map((name) => f.local('i32', name));
    f.set(group, quotient(from.panelBlock, panelBlocks));
    f.set(firstPanel, multiply(remainder(from.panelBlock, panelBlocks), panelBlock));
    setAtMost(f, panelCount, subtract(i32(panels), firstPanel), panelBlock);
    f.set(first, multiply(from.tileBlock, tileBlock));
    setAtMost(f, count, subtract(i32(tiles), first), tileBlock);
    f.set(products, add(from.scratch, scratch.products));
    const panelWeights = shape.depthPairs * 32 * FREQUENCIES;
    f.call(
      multiplyFrequencies,
      add(from.inputs, multiply(group, shape.depthPairs * 4)),
      add(
        add(from.constants, groups * code.parametersBytes),
        add(multiply(group, code.weightsBytes), multiply(firstPanel, panelWeights)),
      ),
      products,
      op('i32.shr_u', add(count, 3), i32(2)),
      panelCount,
    );
    f.call(
      transformOutput,
      add(
        from.output,
        multiply(
          add(multiply(group, code.groupChannels), multiply(firstPanel, 8)),
          outputs.output.elementBytes,
        ),
      ),
      products,
      add(
        from.constants,
        add(multiply(group, code.parametersBytes), multiply(firstPanel, outputs.parameterBytes)),
      ),
      add(from.scratch, scratch.results),
      first,
      count,
      panelCount,
      op('i32.eq', add(firstPanel, panelCount), i32(panels)),
    );
  });
}

/** `local = min(value, limit)`. */
function setAtMost(f: FunctionBuilder, local: Local<'i32'>, value: Value<'i32'>, limit: number): void {
  f.set(local, value);
  f.set(local, select(isLess(local, limit), local, limit));
}
