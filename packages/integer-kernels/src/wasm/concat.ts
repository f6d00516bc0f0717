import type { ConcatOp } from '../ops/concat.js';
import type { ActivationSpec } from '../activation.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { emitCopyRun } from './copyRun.js';
import {
  add,
  larger,
  load,
  smaller,
  subtract,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
} from './emitter/index.js';
import { geometryOf, slice, type Geometry } from './geometry.js';
import { emitMapRun } from './mapValues.js';
import { outputStage, planValueOutput, type OutputCode, type OutputStage } from './outputStage.js';
import { recordByteLength, writeRecord } from './requantization/requantizationRecords.js';
import { runParameters } from './runParameters.js';
import { emitRuns, walkUnitCost, walkUnits, type UnitRange, type ValueWalk } from './valueRuns.js';
import type { KernelPlan, OperandTensorLayouts, WasmKernel } from './wasmKernel.js';

/** One input and its place in the output. */
interface Part {
  readonly walk: ValueWalk;
  readonly spec: Pick<ActivationSpec, 'type' | 'zeroPoint'>;
  /** Null where the values are copied. */
  readonly output: OutputCode | null;
  readonly recordOffset: number;
  /** From the address of the output, for parts of a pixel. */
  readonly byteOffset: number;
  /** The first of its units of work among those of all parts. */
  readonly firstUnit: number;
}

/** Concatenation of rescaled tensors on WebAssembly: every input is walked by itself. */
export const concat: WasmKernel<'concat'> = [
  {
    name: 'lanes',
    request: ({ inputs }) => ({ inputs: inputs.map(() => denseRequest), output: denseRequest }),
    plan: planConcat,
  },
];

function planConcat(op: ConcatOp, layouts: OperandTensorLayouts): KernelPlan {
  const { inputs, output: spec, axis, rescales, rounding } = op;
  const outputs = rescales.map(({ multiplier, shift }, index) => {
    const multipliers = Int32Array.of(multiplier);
    const shifts = Int32Array.of(shift);
    return planValueOutput({ kind: 'multiplier', rounding, multipliers, shifts }, inputs[index], spec);
  });
  // The addresses of the inputs come first.
  let recordOffset = Math.ceil(inputs.length / 4) * 16;
  let position = 0;
  let firstUnit = 0;
  const parts = inputs.map((input, index): Part => {
    const { geometry, byteOffset } = slice(spec, layouts.output, axis, position, input.shape[axis]);
    const { code, fields } = outputs[index];
    const part: Part = {
      walk: {
        tensors: [alike(geometryOf(input, layouts.inputs[index]), geometry), geometry],
        isUniform: true,
      },
      spec: { type: input.type, zeroPoint: input.zeroPoint },
      output: isCopy(input, spec, code) ? null : code,
      recordOffset,
      byteOffset,
      firstUnit,
    };
    recordOffset += recordByteLength(fields);
    position += input.shape[axis];
    firstUnit += walkUnits(part.walk);
    return part;
  });
  const cost = parts.reduce((sum, { walk }) => sum + walkUnits(walk) * walkUnitCost(walk), 0);
  return {
    kernel: `concat 16 lanes${parts.every(({ output }) => output === null) ? ', copies' : ''}`,
    key: `concat ${JSON.stringify(parts)}`,
    constantBytes: recordOffset,
    phases: [{ units: firstUnit, unitCost: Math.ceil(cost / firstUnit) }],
    emit(module, exportNames) {
      emitConcat(module, parts, exportNames);
    },
    areInputsConstants: true,
    writeConstants(view, inputAddresses) {
      parts.forEach((part, index) => {
        view.setInt32(index * 4, inputAddresses[index], true);
        writeRecord(view, part.recordOffset, outputs[index].fields, []);
      });
    },
  };
}

/** Whether the values are the same in the output, which holds all that the input can hold. */
function isCopy(input: ActivationSpec, output: ActivationSpec, { requantization }: OutputCode): boolean {
  return (
    requantization.kind === 'none' &&
    input.type === output.type &&
    input.zeroPoint === output.zeroPoint &&
    input.quantMin >= output.quantMin &&
    input.quantMax <= output.quantMax
  );
}

/** The input with batch, rows and columns counted as in its part of the output. */
function alike(input: Geometry, { batch, height, width }: Geometry): Geometry {
  // Only tensors that are no images are counted in another way, and those have no halo.
  const isSame = input.batch === batch && input.height === height && input.width === width;
  return isSame ? input : { ...input, batch, height, width, rowPixels: width, imageRows: height };
}

function emitConcat(module: ModuleBuilder, parts: readonly Part[], [exportName]: readonly string[]): void {
  const stages = parts.map(({ output }) => output && outputStage(module, output));
  module.function({ parameters: runParameters, exportName }, (f, from) => {
    const range = { begin: f.local('i32', 'partBegin'), end: f.local('i32', 'partEnd') };
    const source = f.local('i32', 'source');
    const target = f.local('i32', 'target');
    parts.forEach((part, index) => {
      const units = walkUnits(part.walk);
      // The part of the units that are to be done, counted from the first of its own.
      f.set(range.begin, subtract(from.begin, part.firstUnit));
      f.set(range.begin, larger(range.begin, 0));
      f.set(range.end, subtract(from.end, part.firstUnit));
      f.set(range.end, smaller(range.end, units));
      f.set(source, load('i32.load', from.constants, index * 4));
      f.set(target, add(from.output, part.byteOffset));
      emitPart(f, part, stages[index], { source, target, constants: from.constants }, range);
    });
  });
}

function emitPart(
  f: FunctionBuilder,
  { walk, spec, recordOffset }: Part,
  stage: OutputStage | null,
  from: { readonly source: Local<'i32'>; readonly target: Local<'i32'>; readonly constants: Local<'i32'> },
  range: UnitRange,
): void {
  const [input, output] = walk.tensors;
  const records = f.local('i32', 'records');
  if (stage !== null) f.set(records, add(from.constants, recordOffset));
  emitRuns(f, walk, [from.source, from.target], range, ([source, target], length) => {
    if (stage === null) {
      emitCopyRun(f, source, target, length.values, input.elementBytes);
      return;
    }
    const inputs = [{ spec, start: source, elementBytes: input.elementBytes }];
    const to = { start: target, elementBytes: output.elementBytes, stage, records, recordGroupBytes: 0 };
    emitMapRun(f, inputs, to, length, ([lanes]) => lanes);
  });
}
