import { unpackWeights } from '../../packing/unpackWeights.js';
import type { DepthwiseConv2dOp } from '../../ops/depthwiseConv2d.js';
import { emitChannelGroups } from '../channelGroups.js';
import { GROUP_CHANNELS } from '../elements.js';
import {
  add,
  isBelow,
  type ModuleBuilder,
  multiply,
  op,
  quotient,
  remainder,
  subtract,
  type FunctionBuilder,
  type Local,
} from '../emitter/index.js';
import { geometryOf, pixelAddress, pixelCount, type Geometry } from '../geometry.js';
import { panelBytes, parameterBytes, type PanelShape } from '../matrix/panelShape.js';
import {
  foldedBias,
  panelsByteLength,
  parametersByteLength,
  writePanels,
  writeParameters,
} from '../matrix/weightPanels.js';
import { outputStage, planOutput, type OutputCode, type OutputStage } from '../outputStage.js';
import type { KernelPlan, OperandTensorLayouts } from '../wasmKernel.js';
import { runParameters } from '../runParameters.js';
import { emitTaps } from './emitTaps.js';

/** What the emitted module depends on. */
export interface DepthwiseCode {
  readonly input: Geometry;
  readonly output: Geometry;
  readonly type: 'int8' | 'uint8';
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly top: number;
  readonly left: number;
  readonly paddingValue: number;
  readonly panels: PanelShape;
  readonly stored: OutputCode;
  readonly parametersBytes: number;
}

/** Pointers and window position of one output pixel. */
export interface DepthwiseLocals {
  /** Address of the window's first value, which may lie outside the image. */
  readonly source: Local<'i32'>;
  readonly target: Local<'i32'>;
  readonly parameters: Local<'i32'>;
  readonly panel: Local<'i32'>;
  readonly x: Local<'i32'>;
  readonly y: Local<'i32'>;
}

/** Plans a depthwise convolution with one output channel per input channel: eight channels at once, taps in pairs. */
export function planDepthwise(layer: DepthwiseConv2dOp, layouts: OperandTensorLayouts): KernelPlan {
  const [spec] = layer.inputs;
  const [channels, kernelHeight, kernelWidth] = layer.weights.shape;
  const depth = kernelHeight * kernelWidth;
  const panels: PanelShape = {
    product: { kind: 'dot', weightBytes: 2 },
    runs: 1,
    runLength: depth,
    channels,
  };
  const stored = planOutput(layer.requantization, layer.output);
  const constants = { panels, output: stored };
  const output = geometryOf(layer.output, layouts.output);
  const code: DepthwiseCode = {
    input: geometryOf(spec, layouts.inputs[0]),
    output,
    type: spec.type === 'uint8' ? 'uint8' : 'int8',
    kernel: [kernelHeight, kernelWidth],
    strides: layer.strides,
    dilations: layer.dilations,
    top: layer.padding.top,
    left: layer.padding.left,
    paddingValue: layer.padding.value,
    panels,
    stored: stored.code,
    parametersBytes: parametersByteLength(constants),
  };
  return {
    kernel: 'depthwiseConv2d i16 dot 1x8',
    key: `depthwise ${JSON.stringify(code)}`,
    constantBytes: code.parametersBytes + panelsByteLength(panels),
    phases: [{ units: pixelCount(output), unitCost: depth * channels }],
    emit: (module, exportNames) => {
      emitDepthwise(module, code, exportNames);
    },
    writeConstants(view) {
      const weights = unpackWeights(layer.weights);
      const biasOf = foldedBias(layer.bias, weights, depth, spec.zeroPoint);
      writeParameters(view, 0, { ...constants, firstChannel: 0, biasOf });
      writePanels(view, code.parametersBytes, panels, weights, 0);
    },
  };
}

function emitDepthwise(module: ModuleBuilder, code: DepthwiseCode, [exportName]: readonly string[]): void {
  const stage = outputStage(module, code.stored);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const pixel = f.local('i32', 'pixel');
    const locals: DepthwiseLocals = {
      source: f.local('i32', 'source'),
      target: f.local('i32', 'target'),
      parameters: f.local('i32', 'parameters'),
      panel: f.local('i32', 'panel'),
      x: f.local('i32', 'x'),
      y: f.local('i32', 'y'),
    };
    f.range(pixel, from.begin, from.end, 1, () => {
      startPixel(f, code, locals, from.input, pixel);
      f.set(locals.target, pixelAddress(from.output, code.output, pixel));
      f.set(locals.parameters, from.constants);
      f.set(locals.panel, add(from.constants, code.parametersBytes));
      emitPixel(f, code, stage, locals);
    });
  });
}

function startPixel(
  f: FunctionBuilder,
  { input, output, strides, top, left }: DepthwiseCode,
  { source, x, y }: DepthwiseLocals,
  base: Local<'i32'>,
  pixel: Local<'i32'>,
): void {
  f.set(y, subtract(multiply(remainder(quotient(pixel, output.width), output.height), strides[0]), top));
  f.set(x, subtract(multiply(remainder(pixel, output.width), strides[1]), left));
  const image = quotient(pixel, output.width * output.height);
  const row = add(multiply(image, input.imageRows), y);
  const position = add(add(multiply(row, input.rowPixels), x), input.originPixels);
  f.set(source, add(base, multiply(position, input.pixelBytes)));
}

/** All channels of one pixel, by the short code where the window lies inside the image. */
function emitPixel(
  f: FunctionBuilder,
  code: DepthwiseCode,
  stage: OutputStage,
  locals: DepthwiseLocals,
): void {
  const { input, kernel, dilations } = code;
  const rows = input.height - (kernel[0] - 1) * dilations[0];
  const columns = input.width - (kernel[1] - 1) * dilations[1];
  const border = (): void => {
    emitChannels(f, code, stage, locals, false);
  };
  if (rows <= 0 || columns <= 0) {
    border();
    return;
  }
  const isInside = op('i32.and', isBelow(locals.y, rows), isBelow(locals.x, columns));
  f.if(
    isInside,
    () => {
      emitChannels(f, code, stage, locals, true);
    },
    border,
  );
}

function emitChannels(
  f: FunctionBuilder,
  code: DepthwiseCode,
  stage: OutputStage,
  locals: DepthwiseLocals,
  isInside: boolean,
): void {
  const { output, panels, stored } = code;
  const moving = [
    { local: locals.source, groupBytes: GROUP_CHANNELS },
    { local: locals.target, groupBytes: GROUP_CHANNELS * output.elementBytes },
    { local: locals.parameters, groupBytes: parameterBytes(stored) },
    { local: locals.panel, groupBytes: panelBytes(panels) },
  ];
  emitChannelGroups(f, panels.channels, moving, (count) => {
    const group = emitTaps(f, code, locals, count, isInside);
    stage.finishGroup(f, group, count, add(locals.parameters, 32), locals.target);
  });
}
