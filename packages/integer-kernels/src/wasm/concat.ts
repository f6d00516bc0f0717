import type { ConcatOp } from '../ops/concat.js';
import { emitChannelGroups } from './channelGroups.js';
import { GROUP_CHANNELS, groupLocals, loadGroup } from './elements.js';
import {
  add,
  isBelow,
  load,
  type ModuleBuilder,
  multiply,
  quotient,
  remainder,
  subtract,
  type FunctionBuilder,
  type Local,
} from './emitter/index.js';
import { geometryOf, pixelAddress, pixelCount, type Geometry } from './geometry.js';
import { outputPlan, outputStage, type OutputCode, type OutputStage } from './outputStage.js';
import { planRescales } from './requantization/planRequantization.js';
import { recordByteLength, writeRecord } from './requantization/requantizationRecords.js';
import { subtractConstant } from './subtractConstant.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { runParameters } from './runParameters.js';
import type { WasmKernel } from './wasmKernel.js';

/** One input and its place in the output. */
interface Part {
  readonly input: Geometry;
  readonly type: ConcatOp['output']['type'];
  readonly zeroPoint: number;
  readonly output: OutputCode;
  readonly recordOffset: number;
  /** First index along the axis, and how many. */
  readonly start: number;
  readonly size: number;
}

/** What the emitted module depends on. */
interface ConcatCode {
  readonly parts: readonly Part[];
  readonly output: Geometry;
  readonly isChannelAxis: boolean;
  /** Pixels of one index along the axis. */
  readonly innerPixels: number;
  /** Indices along the axis. */
  readonly axisSize: number;
}

/** Concatenation of rescaled tensors on WebAssembly. */
export const concat: WasmKernel<'concat'> = [
  {
    name: 'lanes',
    request: ({ inputs }) => ({ inputs: inputs.map(() => denseRequest), output: denseRequest }),
    plan(op, layouts) {
      const { inputs, output: spec, axis, rescales, rounding } = op;
      const outputs = rescales.map((rescale) => outputPlan(planRescales([rescale], rounding), spec));
      const output = geometryOf(spec, layouts.output);
      // The addresses of the inputs come first.
      let recordOffset = Math.ceil(inputs.length / 4) * 16;
      let start = 0;
      const parts = inputs.map((input, index): Part => {
        const part = {
          input: geometryOf(input, layouts.inputs[index]),
          type: input.type,
          zeroPoint: input.zeroPoint,
          output: outputs[index].code,
          recordOffset,
          start,
          size: input.shape[axis],
        };
        recordOffset += recordByteLength(outputs[index].fields);
        start += part.size;
        return part;
      });
      const code: ConcatCode = {
        parts,
        output,
        isChannelAxis: axis === spec.shape.length - 1,
        innerPixels: spec.shape.slice(axis + 1, -1).reduce((product, size) => product * size, 1),
        axisSize: start,
      };
      return {
        kernel: 'concat 8 lanes',
        key: `concat ${JSON.stringify(code)}`,
        constantBytes: recordOffset,
        phases: [{ units: pixelCount(output), unitCost: output.channels * 4 }],
        emit: (module, exportNames) => {
          emitConcat(module, code, exportNames);
        },
        areInputsConstants: true,
        writeConstants(view, inputAddresses) {
          parts.forEach((part, index) => {
            view.setInt32(index * 4, inputAddresses[index], true);
            writeRecord(view, part.recordOffset, outputs[index].fields, []);
          });
        },
      };
    },
  },
];

interface ConcatLocals {
  readonly constants: Local<'i32'>;
  readonly pixel: Local<'i32'>;
  readonly source: Local<'i32'>;
  readonly target: Local<'i32'>;
}

function emitConcat(module: ModuleBuilder, code: ConcatCode, [exportName]: readonly string[]): void {
  const stages = code.parts.map(({ output }) => outputStage(module, output));
  module.function({ parameters: runParameters, exportName }, (f, from) => {
    const locals: ConcatLocals = {
      constants: from.constants,
      pixel: f.local('i32', 'pixel'),
      source: f.local('i32', 'source'),
      target: f.local('i32', 'target'),
    };
    f.range(locals.pixel, from.begin, from.end, 1, () => {
      f.set(locals.target, pixelAddress(from.output, code.output, locals.pixel));
      if (code.isChannelAxis) emitChannelParts(f, code, stages, locals);
      else emitPixelParts(f, code, stages, locals);
    });
  });
}

/** Along the channels: every pixel takes its part from each input. */
function emitChannelParts(
  f: FunctionBuilder,
  { parts, output }: ConcatCode,
  stages: readonly OutputStage[],
  locals: ConcatLocals,
): void {
  const { constants, pixel, source, target } = locals;
  const pixelStart = f.local('i32', 'pixelStart');
  f.set(pixelStart, target);
  parts.forEach((part, index) => {
    f.set(source, pixelAddress(load('i32.load', constants, index * 4), part.input, pixel));
    f.set(target, add(pixelStart, part.start * output.elementBytes));
    emitPixel(f, part, output, stages[index], locals);
  });
}

/** Along another axis: every pixel comes from one input. */
function emitPixelParts(
  f: FunctionBuilder,
  code: ConcatCode,
  stages: readonly OutputStage[],
  locals: ConcatLocals,
): void {
  const { innerPixels, axisSize, output } = code;
  const { constants, pixel, source } = locals;
  const along = f.local('i32', 'along');
  const inputPixel = f.local('i32', 'inputPixel');
  f.set(along, remainder(quotient(pixel, innerPixels), axisSize));
  code.parts.forEach((part, index) => {
    const position = subtract(along, part.start);
    f.if(isBelow(position, part.size), () => {
      const outer = quotient(pixel, innerPixels * axisSize);
      const row = add(multiply(outer, part.size), position);
      f.set(inputPixel, add(multiply(row, innerPixels), remainder(pixel, innerPixels)));
      f.set(source, pixelAddress(load('i32.load', constants, index * 4), part.input, inputPixel));
      emitPixel(f, part, output, stages[index], locals);
    });
  });
}

/** Rescales the channels of one input pixel. */
function emitPixel(
  f: FunctionBuilder,
  { input, type, zeroPoint, recordOffset }: Part,
  output: Geometry,
  stage: OutputStage,
  { constants, source, target }: ConcatLocals,
): void {
  const moving = [
    { local: source, groupBytes: GROUP_CHANNELS * input.elementBytes },
    { local: target, groupBytes: GROUP_CHANNELS * output.elementBytes },
  ];
  const group = groupLocals(f, 'value');
  emitChannelGroups(f, input.channels, moving, (count) => {
    loadGroup(f, type, source, group, count);
    subtractConstant(f, group, zeroPoint, count);
    stage.finishGroup(f, group, count, add(constants, recordOffset), target);
  });
}
