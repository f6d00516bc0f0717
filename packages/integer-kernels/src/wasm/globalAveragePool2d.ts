import { denseRequest } from '../memory/tensorLayout.js';
import { recordGroupBytes, recordsByteLength, writeRecords } from './channelGroups.js';
import { groupLocals, loadHalfwords, type Group } from './elements.js';
import {
  add,
  i32x4,
  multiply,
  op,
  quotient,
  smaller,
  subtract,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
} from './emitter/index.js';
import { stepStarts } from './emitSteps.js';
import { geometryOf, rowBytes, type Geometry } from './geometry.js';
import { outputStage, planOutput, type OutputCode } from './outputStage.js';
import { runParameters } from './runParameters.js';
import type { WasmKernel } from './wasmKernel.js';

/** What the emitted module depends on. */
interface GlobalAveragePoolCode {
  readonly input: Geometry;
  readonly output: Geometry;
  readonly type: 'int8' | 'uint8';
  readonly zeroPoint: number;
  /** Values whose sum an int16 holds. */
  readonly shortSum: number;
  readonly stored: OutputCode;
  readonly recordGroupBytes: number;
}

/** Pixels of a row that are written out; of longer rows, half as many. */
const UNROLLED_COLUMNS = 8;

/** Mean over height and width on WebAssembly: sums of 16 bits, folded into 32; eight channels a unit of work. */
export const globalAveragePool2d: WasmKernel<'globalAveragePool2d'> = [
  {
    name: 'lanes',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan({ inputs: [spec], output: outputSpec, requantization }, layouts) {
      const { quantMin, quantMax, zeroPoint } = spec;
      const input = geometryOf(spec, layouts.inputs[0]);
      const { height, width, channels } = input;
      const bound = height * width * Math.max(quantMax - zeroPoint, zeroPoint - quantMin);
      const stored = planOutput(requantization, outputSpec, [bound]);
      const code: GlobalAveragePoolCode = {
        input,
        output: geometryOf(outputSpec, layouts.output),
        type: spec.type === 'uint8' ? 'uint8' : 'int8',
        zeroPoint,
        shortSum: Math.floor((2 ** 15 - 1) / Math.max(quantMax, -quantMin, 1)),
        stored: stored.code,
        recordGroupBytes: recordGroupBytes(stored),
      };
      const starts = stepStarts(channels, Math.min(channels, 8));
      return {
        kernel: 'globalAveragePool2d 8 lanes',
        key: `globalAveragePool2d ${JSON.stringify(code)}`,
        constantBytes: recordsByteLength(stored, channels),
        phases: [{ units: input.batch * starts.length, unitCost: height * width * 8 }],
        emit(module, exportNames) {
          emitGlobalAveragePool(module, code, exportNames);
        },
        writeConstants(view) {
          writeRecords(view, 0, stored, channels, starts);
        },
      };
    },
  },
];

function emitGlobalAveragePool(
  module: ModuleBuilder,
  code: GlobalAveragePoolCode,
  [exportName]: readonly string[],
): void {
  const { input, output, zeroPoint } = code;
  const stage = outputStage(module, code.stored);
  const count = Math.min(input.channels, 8);
  const groups = Math.ceil(input.channels / 8);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    const unit = f.local('i32', 'unit');
    const image = f.local('i32', 'image');
    const group = f.local('i32', 'group');
    const channel = f.local('i32', 'channel');
    const source = f.local('i32', 'source');
    const target = f.local('i32', 'target');
    const sum = groupLocals(f, 'sum');
    f.range(unit, from.begin, from.end, 1, () => {
      f.set(image, quotient(unit, groups));
      f.set(group, subtract(unit, multiply(image, groups)));
      f.set(channel, multiply(group, 8));
      f.set(channel, smaller(channel, input.channels - count));
      const start = add(from.input, input.originPixels * input.pixelBytes);
      f.set(source, add(add(start, multiply(image, input.imageRows * rowBytes(input))), channel));
      const pixel = multiply(image, output.pixelBytes);
      f.set(target, add(add(from.output, pixel), multiply(channel, output.elementBytes)));
      // All zero points at once; modulo 2^32 like the sum itself.
      const zeros = Math.imul(-zeroPoint, Math.imul(input.height, input.width));
      f.set(sum.low, f.constant(i32x4(zeros)));
      f.set(sum.high, f.constant(i32x4(zeros)));
      emitSums(f, code, source, sum, count);
      const record = add(from.constants, multiply(group, code.recordGroupBytes));
      stage.finishGroup(f, sum, count, record, target);
    });
  });
}

/** Adds all pixels of an image to the sum of up to eight channels, in 16 bits as long as they last. */
function emitSums(
  f: FunctionBuilder,
  { input, type, shortSum }: GlobalAveragePoolCode,
  address: Local<'i32'>,
  { low, high }: Group,
  count: number,
): void {
  const { height, width, rowPixels, pixelBytes } = input;
  const value = f.local('v128', 'value');
  const short = f.local('v128', 'shortSum');
  const addPixels = (columns: number): void => {
    const unroll = columns > UNROLLED_COLUMNS ? UNROLLED_COLUMNS / 2 : columns;
    const addSome = (some: number): void => {
      for (let index = 0; index < some; index += 1) {
        f.set(value, loadHalfwords(f, type, address, index * pixelBytes, count, value));
        f.set(short, op('i16x8.add', short, value));
      }
      f.increase(address, some * pixelBytes);
    };
    f.repeat(f.local('i32', 'stepsLeft'), Math.floor(columns / unroll), () => {
      addSome(unroll);
    });
    addSome(columns % unroll);
  };
  const inShort = (body: () => void): void => {
    f.set(short, f.constant(i32x4(0)));
    body();
    f.set(low, op('i32x4.add', low, op('i32x4.extend_low_i16x8_s', short)));
    if (count > 4) f.set(high, op('i32x4.add', high, op('i32x4.extend_high_i16x8_s', short)));
  };
  const forEachRow = (body: () => void): void => {
    f.repeat(f.local('i32', 'rowsLeft'), height, () => {
      body();
      f.increase(address, (rowPixels - width) * pixelBytes);
    });
  };
  if (height * width <= shortSum) {
    inShort(() => {
      forEachRow(() => {
        addPixels(width);
      });
    });
    return;
  }
  forEachRow(() => {
    f.repeat(f.local('i32', 'partsLeft'), Math.floor(width / shortSum), () => {
      inShort(() => {
        addPixels(shortSum);
      });
    });
    if (width % shortSum === 0) return;
    inShort(() => {
      addPixels(width % shortSum);
    });
  });
}
