import { poolAxes } from '../checks/checkPool.js';
import { denseRequest } from '../memory/tensorLayout.js';
import type { AveragePool2dOp } from '../ops/averagePool2d.js';
import { distinctTapRanges, type WindowAxis } from '../ops/window.js';
import { loadHalfwords, type Lanes } from './elements.js';
import {
  add,
  i32x4,
  multiply,
  op,
  subtract,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
} from './emitter/index.js';
import { geometryOf } from './geometry.js';
import {
  outputPlan,
  outputStage,
  type OutputCode,
  type OutputPlan,
  type OutputStage,
} from './outputStage.js';
import { emitPool, type PoolReducer } from './pool/emitPool.js';
import { poolShape, type PoolShape } from './pool/poolShape.js';
import { planDivide } from './requantization/divide.js';
import { planProduct16 } from './requantization/product16.js';
import { writeRecord } from './requantization/requantizationRecords.js';
import { runParameters } from './runParameters.js';
import type { WasmKernel } from './wasmKernel.js';

/** What the emitted module depends on. */
interface AveragePoolCode {
  readonly pool: PoolShape;
  readonly type: 'int8' | 'uint8';
  /** Whether the sums of all windows fit an int16. */
  readonly isShort: boolean;
  readonly stored: OutputCode;
  /** Values of the smallest window: its record is the first. */
  readonly fewest: number;
}

/** Average pool on WebAssembly: sixteen channels at once, divided by a multiplication. */
export const averagePool2d: WasmKernel<'averagePool2d'> = [
  {
    name: 'lanes',
    request: () => ({ inputs: [denseRequest], output: denseRequest }),
    plan(op, layouts) {
      const input = geometryOf(op.inputs[0], layouts.inputs[0]);
      const output = geometryOf(op.output, layouts.output);
      const { vertical, horizontal } = poolAxes(op);
      const [rows, columns] = [insideCounts(vertical), insideCounts(horizontal)];
      const fewest = Math.min(...rows) * Math.min(...columns);
      const most = Math.max(...rows) * Math.max(...columns);
      const stored = planMeans(op, fewest, most);
      const code: AveragePoolCode = {
        pool: poolShape(op, input, output),
        type: op.output.type === 'uint8' ? 'uint8' : 'int8',
        isShort: sumsOf(op, most).low >= -(2 ** 15) && sumsOf(op, most).high < 2 ** 15,
        stored: stored.code,
        fewest,
      };
      const counts = most - fewest + 1;
      return {
        kernel: 'averagePool2d 16 lanes',
        key: `averagePool2d ${JSON.stringify(code)}`,
        constantBytes: counts * stored.code.recordBytes,
        phases: [
          {
            units: output.batch * output.height,
            unitCost: output.width * (op.kernel[0] * op.kernel[1] + 4) * output.channels,
          },
        ],
        emit(module, exportNames) {
          emitAveragePool(module, code, exportNames);
        },
        writeConstants(view) {
          for (let index = 0; index < counts; index += 1) {
            const lanes = new Array<number>(4).fill(index);
            writeRecord(view, index * stored.code.recordBytes, stored.fields, lanes);
          }
        },
      };
    },
  },
];

/** How many taps of a window lie inside the image, at any position. */
function insideCounts(axis: WindowAxis): number[] {
  return distinctTapRanges(axis).map(({ from, to }) => to - from);
}

/** The sums that a window of so many values can have. */
function sumsOf({ inputs: [{ quantMin, quantMax }] }: AveragePool2dOp, count: number) {
  return { low: Math.min(quantMin * count, quantMin), high: Math.max(quantMax * count, quantMax) };
}

/** The division by each number of values that windows can have, one record for each. */
function planMeans(op: AveragePool2dOp, fewest: number, most: number): OutputPlan {
  const { rounding, output } = op;
  const divisors = Array.from({ length: most - fewest + 1 }, (_, index) => fewest + index);
  const ranges = divisors.map((divisor) => ({ numerator: 1, divisor, ...sumsOf(op, divisor) }));
  const bounds = ranges.map(({ low, high }) => Math.max(-low, high));
  const plan =
    planProduct16(ranges, { rounding, min: output.quantMin, max: output.quantMax }) ??
    planDivide(divisors, rounding, bounds);
  const stored = outputPlan(plan, { ...output, zeroPoint: 0 });
  // A record serves all channels of a window.
  return { ...stored, code: { ...stored.code, isUniform: true } };
}

function emitAveragePool(
  module: ModuleBuilder,
  code: AveragePoolCode,
  [exportName]: readonly string[],
): void {
  const stage = outputStage(module, code.stored);
  module.function({ parameters: { input: 'i32', ...runParameters }, exportName }, (f, from) => {
    emitPool(f, code.pool, mean(code, stage, from.constants), from);
  });
}

function mean(
  { pool, type, isShort, stored, fewest }: AveragePoolCode,
  stage: OutputStage,
  constants: Local<'i32'>,
): PoolReducer {
  const { channels } = pool.input;
  const count = channels >= 16 ? 16 : Math.min(channels, 8);
  const lanes = Math.min(count, 8);
  const sums = Math.ceil(count / 8);
  /** The sums that some vectors hold. */
  const lanesOf = (totals: readonly Local<'v128'>[], part: number): Lanes =>
    isShort ? totals[part] : { low: totals[2 * part], high: totals[2 * part + 1] };
  return {
    channels: count,
    vectors: isShort ? sums : 2 * sums,
    load(f, targets, address, offset) {
      for (let part = 0; part < sums; part += 1) {
        const halfwords = isShort ? targets[part] : f.local('v128', 'halfwords');
        f.set(halfwords, loadHalfwords(f, type, address, offset + part * 8, lanes, halfwords));
        if (!isShort) widenTo(f, halfwords, targets.slice(2 * part));
      }
    },
    clear(f, totals) {
      for (const total of totals) f.set(total, f.constant(i32x4(0)));
    },
    combine(f, totals, values) {
      totals.forEach((total, index) => {
        f.set(total, op(isShort ? 'i16x8.add' : 'i32x4.add', total, values[index]));
      });
    },
    finish(f, pixels, rows, columns) {
      const record = f.local('i32', 'record');
      const index = subtract(multiply(rows, columns), fewest);
      f.set(record, add(constants, multiply(index, stored.recordBytes)));
      const parts = pixels.flatMap(({ totals, address, offset }) =>
        Array.from({ length: sums }, (_, part) => ({
          lanes: lanesOf(totals, part),
          address,
          offset: offset + part * 8,
        })),
      );
      for (let part = 0; part < parts.length; part += 2) {
        stage.finish(f, parts.slice(part, part + 2), lanes, record);
      }
    },
  };
}

function widenTo(f: FunctionBuilder, halfwords: Local<'v128'>, [low, high]: readonly Local<'v128'>[]): void {
  f.set(low, op('i32x4.extend_low_i16x8_s', halfwords));
  f.set(high, op('i32x4.extend_high_i16x8_s', halfwords));
}
