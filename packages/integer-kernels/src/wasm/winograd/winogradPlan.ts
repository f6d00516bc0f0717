import { activationMagnitude } from '../../ops/activationMagnitude.js';
import { channelBounds } from '../../ops/channelBounds.js';
import type { Conv2dOp } from '../../ops/conv2d.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import { geometryOf } from '../geometry.js';
import { lastPanelChannels, parameterBytes } from '../matrix/panelShape.js';
import { foldedBias, parametersByteLength, writeParameters } from '../matrix/weightPanels.js';
import { planOutput } from '../outputStage.js';
import type { KernelPhase, KernelPlan, OperandTensorLayouts } from '../wasmKernel.js';
import { patchByteLength } from './copyPatch.js';
import { emitWinograd, type WinogradCode } from './emitWinograd.js';
import { centerOf } from './isExact.js';
import { RESULT_BYTES } from './transformProducts.js';
import {
  FREQUENCIES,
  inputBlockBytes,
  panelWeightBytes,
  productBytes,
  usedFrequencies,
  winogradShape,
  type WinogradShape,
} from './winogradShape.js';
import { writeTransformedWeights } from './writeTransformedWeights.js';

const knownBounds = new WeakMap<Conv2dOp, readonly number[]>();

/** Largest accumulator of every output channel, from above; counted once an op. */
function boundsOf(layer: Conv2dOp): readonly number[] {
  const { inputs, weights, bias, padding } = layer;
  let bounds = knownBounds.get(layer);
  if (bounds === undefined) {
    const paddingMagnitude = Math.abs(padding.value - inputs[0].zeroPoint);
    const magnitude = Math.max(activationMagnitude(inputs[0]), paddingMagnitude);
    bounds = channelBounds(weights, magnitude, bias);
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
  const panels = { channels };
  const constants = { panels, output: stored };
  const [{ halo }] = layouts.inputs;
  const center = centerOf(layer);
  const code: WinogradCode = {
    shape,
    inputs: {
      input: geometryOf(inputs[0], layouts.inputs[0]),
      transform: {
        type: inputs[0].type === 'uint8' ? 'uint8' : 'int8',
        center,
        strides: layer.strides,
        frequencyBytes: shape.frequencyBytes,
        stored: [usedFrequencies(shape, 0), usedFrequencies(shape, 1)],
      },
      before: [padding.top, padding.left],
      paddingValue: padding.value,
      halo: [halo.top, halo.left],
    },
    outputs: {
      output: geometryOf(output, layouts.output),
      parameterBytes: parameterBytes(stored.code),
      lastChannels: lastPanelChannels(panels),
    },
    stored: stored.code,
    groupChannels: channels,
    parametersBytes: parametersByteLength(constants),
    weightsBytes: shape.panels * panelWeightBytes(shape),
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

function scratchOffsets(shape: WinogradShape, inputChannels: number): WinogradCode['scratch'] {
  const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
  const results = align(patchByteLength(shape.patch, inputChannels));
  const products = results + RESULT_BYTES;
  const inputs = align(products + shape.tileBlock * productBytes(shape));
  return { results, products, inputs, end: inputs + (shape.isShared ? 0 : inputBlockBytes(shape)) };
}

function phasesOf(shape: WinogradShape): KernelPhase[] {
  const { groups, depth, products, tiles, tileBlock, tileBlocks, panelBlock, panelBlocks, isShared } = shape;
  const blockCost = tileBlock * products * panelBlock * 8;
  const multiplied = { units: tileBlocks * groups * panelBlocks, unitCost: blockCost };
  if (!isShared) return [multiplied];
  return [{ units: tiles, unitCost: FREQUENCIES * groups * depth }, multiplied];
}
