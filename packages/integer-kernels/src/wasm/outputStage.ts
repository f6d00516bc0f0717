import { elementRange, type ActivationSpec, type ElementType } from '../activation.js';
import type { Requantization } from '../requantization.js';
import { storeBytes, type Group } from './elements.js';
import {
  i32x4,
  op,
  i8x16,
  i16x8,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Value,
} from './emitter/index.js';
import { planRequantization } from './requantization/planRequantization.js';
import type {
  RecordField,
  RequantizationCode,
  RequantizationPlan,
} from './requantization/requantizationCode.js';
import { isUniform, recordByteLength } from './requantization/requantizationRecords.js';
import { requantizer } from './requantization/requantizer.js';

/** What the code from accumulator to stored value depends on. */
export interface OutputCode {
  readonly requantization: RequantizationCode;
  readonly type: ElementType;
  readonly zeroPoint: number;
  readonly quantMin: number;
  readonly quantMax: number;
  /** Bytes of the record of four channels. */
  readonly recordBytes: number;
  /** Whether all channels share one record. */
  readonly isUniform: boolean;
}

/** Code and channel values from accumulator to stored value. */
export interface OutputPlan {
  readonly code: OutputCode;
  readonly fields: readonly RecordField[];
}

/** Accumulators of up to eight channels, and where they go. */
export interface OutputGroup {
  /** Overwritten. */
  readonly group: Group;
  readonly address: Value<'i32'>;
  readonly offset: number;
}

/** Emits the way from accumulators to stored values: requantizes, adds the zero point, clamps and stores. */
export interface OutputStage {
  /** One group of `count` (1 .. 8) channels. The records of the two vectors follow one another, or are one. */
  finishGroup(
    f: FunctionBuilder,
    group: Group,
    count: number,
    record: Value<'i32'>,
    address: Value<'i32'>,
    offset?: number,
  ): void;
  /** One or two groups of the same channels, of two pixels for instance. */
  finishGroups(f: FunctionBuilder, groups: readonly OutputGroup[], count: number, record: Value<'i32'>): void;
  /** Two groups of eight values that follow one another, of one record. */
  finishSixteen(
    f: FunctionBuilder,
    groups: readonly [Group, Group],
    record: Value<'i32'>,
    address: Value<'i32'>,
  ): void;
}

/** Plans the output of an op. `bounds`: no accumulator is larger, for each channel or for all; they admit shorter code. */
export function planOutput(
  requantization: Requantization,
  output: ActivationSpec,
  bounds?: readonly number[],
): OutputPlan {
  return outputPlan(planRequantization(requantization, bounds), output);
}

/** The same for a requantization that is planned already. */
export function outputPlan({ code, fields }: RequantizationPlan, output: ActivationSpec): OutputPlan {
  const { type, zeroPoint, quantMin, quantMax } = output;
  return {
    code: {
      requantization: code,
      type,
      zeroPoint,
      quantMin,
      quantMax,
      recordBytes: recordByteLength(fields),
      isUniform: isUniform(fields),
    },
    fields,
  };
}

/** Prepares the output code in a module; call it before the functions that use it are added. */
export function outputStage(module: ModuleBuilder, code: OutputCode): OutputStage {
  const requantize = requantizer(module, code.requantization);
  const { type, isUniform: isShared, recordBytes } = code;
  const rescale = (f: FunctionBuilder, { low, high }: Group, count: number, record: Value<'i32'>): void => {
    requantize(f, low, record, 0);
    if (count > 4) requantize(f, high, record, isShared ? 0 : recordBytes);
  };
  const finishGroups: OutputStage['finishGroups'] = (f, groups, count, record) => {
    for (const { group } of groups) rescale(f, group, count, record);
    if (type === 'int32') {
      for (const { group, address, offset } of groups) storeWords(f, code, group, count, address, offset);
      return;
    }
    const halfwords = groups.map(({ group }) => narrow(f, code, group, count));
    const bytes = narrowToBytes(f, code, halfwords);
    groups.forEach(({ address, offset }, index) => {
      storeBytes(f, address, offset, bytes, count, index * 8);
    });
  };
  return {
    finishGroups,
    finishGroup(f, group, count, record, address, offset = 0) {
      finishGroups(f, [{ group, address, offset }], count, record);
    },
    finishSixteen(f, groups, record, address) {
      for (const group of groups) rescale(f, group, 8, record);
      if (type === 'int32') {
        groups.forEach((group, index) => {
          storeWords(f, code, group, 8, address, index * 32);
        });
        return;
      }
      const halfwords = groups.map((group) => narrow(f, code, group, 8));
      storeBytes(f, address, 0, narrowToBytes(f, code, halfwords), 16);
    },
  };
}

/** The value that is added after rounding: thresholds count from the smallest value on. */
function offsetOf({ requantization, zeroPoint, quantMin }: OutputCode): number {
  return requantization.kind === 'threshold' ? quantMin : zeroPoint;
}

function storeWords(
  f: FunctionBuilder,
  code: OutputCode,
  { low, high }: Group,
  count: number,
  address: Value<'i32'>,
  offset: number,
): void {
  const { min, max } = elementRange.int32;
  const { requantization, quantMin, quantMax } = code;
  const isThreshold = requantization.kind === 'threshold';
  [low, high].slice(0, Math.ceil(count / 4)).forEach((value, index) => {
    if (isThreshold) f.set(value, op('i32x4.add', value, f.constant(i32x4(quantMin))));
    else {
      if (quantMin > min) f.set(value, op('i32x4.max_s', value, f.constant(i32x4(quantMin))));
      if (quantMax < max) f.set(value, op('i32x4.min_s', value, f.constant(i32x4(quantMax))));
    }
    storeBytes(f, address, offset + index * 16, value, Math.min(count - index * 4, 4) * 4);
  });
}

/** Eight values as int16 lanes with the zero point added, in the place of the low four. Both steps saturate, which the clamp absorbs. */
function narrow(f: FunctionBuilder, code: OutputCode, { low, high }: Group, count: number): Local<'v128'> {
  const offset = offsetOf(code);
  const halfwords = op('i16x8.narrow_i32x4_s', low, count > 4 ? high : low);
  f.set(low, offset === 0 ? halfwords : op('i16x8.add_sat_s', halfwords, f.constant(i16x8(offset))));
  return low;
}

/** One or two vectors of int16 lanes as clamped bytes, in the place of the first. */
function narrowToBytes(
  f: FunctionBuilder,
  { type, quantMin, quantMax, requantization }: OutputCode,
  [first, second = first]: readonly Local<'v128'>[],
): Local<'v128'> {
  const isSigned = type === 'int8';
  const { min, max } = elementRange[type];
  f.set(first, op(isSigned ? 'i8x16.narrow_i16x8_s' : 'i8x16.narrow_i16x8_u', first, second));
  if (requantization.kind === 'threshold') return first;
  if (quantMin > min) {
    f.set(first, op(isSigned ? 'i8x16.max_s' : 'i8x16.max_u', first, f.constant(i8x16(quantMin))));
  }
  if (quantMax < max) {
    f.set(first, op(isSigned ? 'i8x16.min_s' : 'i8x16.min_u', first, f.constant(i8x16(quantMax))));
  }
  return first;
}
