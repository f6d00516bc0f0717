import { i32x4, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import type { RequantizationPlan } from './requantizationCode.js';

/** Plans the number of thresholds that the accumulator reaches. */
export function planThreshold(count: number, thresholds: Int32Array): RequantizationPlan {
  const rows = thresholds.length / count;
  return {
    code: { kind: 'threshold', count },
    fields: Array.from({ length: count }, (_, index) => ({
      bits: 32,
      values: Array.from({ length: rows }, (_row, row) => thresholds[row * count + index]),
    })),
  };
}

/** Compares with every threshold; a true comparison is -1. */
export function emitThreshold(
  f: FunctionBuilder,
  { count }: { readonly count: number },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  const passed = f.local('v128', 'passed');
  f.set(passed, i32x4(0));
  for (let index = 0; index < count; index += 1) {
    const reached = op('i32x4.ge_s', value, load('v128.load', record, offset + index * 16));
    f.set(passed, op('i32x4.sub', passed, reached));
  }
  f.set(value, passed);
}
