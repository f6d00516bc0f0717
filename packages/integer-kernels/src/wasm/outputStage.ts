import { elementRange, type ActivationSpec, type ElementType } from '../activation.js';
import type { Requantization } from '../requantization.js';
import { storeBytes, widened, type Group, type Lanes } from './elements.js';
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
import { planRequantization, planValueRequantization } from './requantization/planRequantization.js';
import { emitProduct16 } from './requantization/product16.js';
import type {
  RecordField,
  RequantizationCode,
  RequantizationPlan,
} from './requantization/requantizationCode.js';
import { isUniform, recordByteLength } from './requantization/requantizationRecords.js';
import { requantizer, type Requantizer } from './requantization/requantizer.js';

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
export interface OutputPart {
  /** Overwritten. */
  readonly lanes: Lanes;
  readonly address: Value<'i32'>;
  readonly offset: number;
}

/** Emits the way from accumulators to stored values: requantizes, adds the zero point, clamps and stores. */
export interface OutputStage {
  /** `count` (1 .. 8) channels. The records of the first and the last four follow one another, or are one. */
  finishGroup(
    f: FunctionBuilder,
    group: Group,
    count: number,
    record: Value<'i32'>,
    address: Value<'i32'>,
    offset?: number,
  ): void;
  /** One or two parts that share a record: the same channels of two pixels, or sixteen values of one. */
  finish(f: FunctionBuilder, parts: readonly OutputPart[], count: number, record: Value<'i32'>): void;
}

/** Plans the output of an op. `bounds`: no accumulator is larger, for each channel or for all; they admit shorter code. */
export function planOutput(
  requantization: Requantization,
  output: ActivationSpec,
  bounds?: readonly number[],
): OutputPlan {
  return outputPlan(planRequantization(requantization, bounds), output);
}

/** The same where each output value is made from one input value. */
export function planValueOutput(
  requantization: Requantization,
  input: ActivationSpec,
  output: ActivationSpec,
): OutputPlan {
  return outputPlan(planValueRequantization(requantization, input, output), output);
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
  const finish: OutputStage['finish'] = (f, parts, count, record) => {
    const { type, requantization } = code;
    const isShort = type !== 'int32' && ['none', 'product16'].includes(requantization.kind);
    const lanes = parts.map((part, index) =>
      isShort ? part.lanes : widened(f, part.lanes, `words${index}`, count),
    );
    const groups = lanes.filter((each): each is Group => 'low' in each);
    rescale(f, requantize, code, groups, count, record);
    if (type === 'int32') {
      parts.forEach(({ address, offset }, index) => {
        storeWords(f, code, groups[index], count, address, offset);
      });
      return;
    }
    const halfwords = lanes.map((each) => {
      if ('low' in each) {
        // Saturates, as does the sum: the clamp absorbs both.
        const narrow = op('i16x8.narrow_i32x4_s', each.low, count > 4 ? each.high : each.low);
        return addOffset(f, code, each.low, narrow);
      }
      if (requantization.kind === 'product16') emitProduct16(f, requantization, each, record);
      return addOffset(f, code, each, each);
    });
    const bytes = narrowToBytes(f, code, halfwords);
    if (count === 8 && areNeighbors(parts)) storeBytes(f, parts[0].address, parts[0].offset, bytes, 16);
    else {
      parts.forEach(({ address, offset }, index) => {
        storeBytes(f, address, offset, bytes, count, index * 8);
      });
    }
  };
  return {
    finish,
    finishGroup(f, group, count, record, address, offset = 0) {
      finish(f, [{ lanes: group, address, offset }], count, record);
    },
  };
}

/** Whether the second of two parts lies eight bytes behind the first. */
function areNeighbors(parts: readonly OutputPart[]): boolean {
  const [first, second] = parts;
  return parts.length === 2 && first.address === second.address && second.offset === first.offset + 8;
}

/** Requantizes groups of the same channels. */
function rescale(
  f: FunctionBuilder,
  requantize: Requantizer,
  { isUniform: isShared, recordBytes }: OutputCode,
  groups: readonly Group[],
  count: number,
  record: Value<'i32'>,
): void {
  const low = groups.map((group) => group.low);
  const high = count > 4 ? groups.map((group) => group.high) : [];
  if (isShared) requantize(f, [...low, ...high], record, 0);
  else {
    requantize(f, low, record, 0);
    if (count > 4) requantize(f, high, record, recordBytes);
  }
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

/** Sets int16 lanes to a value plus what is added after rounding. */
function addOffset(
  f: FunctionBuilder,
  code: OutputCode,
  target: Local<'v128'>,
  halfwords: Value<'v128'>,
): Local<'v128'> {
  const offset = offsetOf(code);
  if (offset !== 0) f.set(target, op('i16x8.add_sat_s', halfwords, f.constant(i16x8(offset))));
  else if (halfwords !== target) f.set(target, halfwords);
  return target;
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
