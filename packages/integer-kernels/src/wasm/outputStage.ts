import { elementRange, type ActivationSpec, type ElementType } from '../activation.js';
import type { Requantization } from '../requantization.js';
import {
  i16x8,
  i32x4,
  op,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Value,
} from './emitter/index.js';
import { storeHalfwords, storeWords, type Group } from './elements.js';
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

/** Emits the way from accumulators to stored values. */
export interface OutputStage {
  /**
   * Requantizes, clamps and stores `count` (1 .. 8) channels at `address + offset`, and destroys the group.
   *
   * The records of the two vectors follow one another, or are one.
   */
  finishGroup(
    f: FunctionBuilder,
    group: Group,
    count: number,
    record: Value<'i32'>,
    address: Value<'i32'>,
    offset?: number,
  ): void;
}

/** Plans the output of an op. `bounds`: no accumulator of a channel is larger; they admit shorter code. */
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
  return {
    finishGroup(f, group, count, record, address, offset = 0) {
      requantize(f, group.low, record, 0);
      if (count > 4) requantize(f, group.high, record, code.isUniform ? 0 : code.recordBytes);
      if (code.type === 'int32') {
        for (const half of [group.low, group.high]) clamp(f, half, code, 'i32x4', i32x4);
        storeWords(f, address, group, count, offset);
        return;
      }
      // Saturated to int16 first: bounds and zero points are far below, and eight lanes are clamped at once.
      f.set(group.low, op('i16x8.narrow_i32x4_s', group.low, count > 4 ? group.high : group.low));
      clamp(f, group.low, code, 'i16x8', i16x8);
      storeHalfwords(f, code.type, address, group.low, count, offset);
    },
  };
}

/** Clamps to the output's bounds and adds the zero point. */
function clamp(
  f: FunctionBuilder,
  value: Local<'v128'>,
  { requantization, type, zeroPoint, quantMin, quantMax }: OutputCode,
  lanes: 'i32x4' | 'i16x8',
  splat: (constant: number) => Value<'v128'>,
): void {
  const addConstant = (constant: number): void => {
    if (constant !== 0) f.set(value, op(`${lanes}.add`, value, splat(constant)));
  };
  if (requantization.kind === 'threshold') {
    addConstant(quantMin);
    return;
  }
  // Clamped before the zero point is added, between bounds that are moved: the sum cannot wrap. Without a zero point bytes
  // saturate when they are stored.
  const { min, max } = elementRange[type];
  const isFree = type === 'int32' || zeroPoint === 0;
  if (quantMin > min || !isFree) f.set(value, op(`${lanes}.max_s`, value, splat(quantMin - zeroPoint)));
  if (quantMax < max || !isFree) f.set(value, op(`${lanes}.min_s`, value, splat(quantMax - zeroPoint)));
  addConstant(zeroPoint);
}
