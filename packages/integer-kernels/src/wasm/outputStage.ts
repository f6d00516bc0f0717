import { elementRange, type ActivationSpec, type ElementType } from '../activation.js';
import type { Requantization } from '../requantization.js';
import {
  i32x4,
  op,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Value,
} from './emitter/index.js';
import { storeGroup, type Group } from './elements.js';
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
  /** Requantizes, adds the zero point and clamps four lanes in place. */
  finish(f: FunctionBuilder, value: Local<'v128'>, record: Value<'i32'>, offset: number): void;
  /** Finishes and stores `count` (1 .. 8) channels. The records of the two vectors follow one another, or are one. */
  finishGroup(
    f: FunctionBuilder,
    group: Group,
    count: number,
    record: Value<'i32'>,
    address: Value<'i32'>,
  ): void;
}

/** Plans the output of an op. */
export function planOutput(requantization: Requantization, output: ActivationSpec): OutputPlan {
  return outputPlan(planRequantization(requantization), output);
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
  const finish: OutputStage['finish'] = (f, value, record, offset) => {
    requantize(f, value, record, offset);
    if (code.requantization.kind === 'threshold') addConstant(f, value, code.quantMin);
    else clamp(f, value, code);
  };
  return {
    finish,
    finishGroup(f, group, count, record, address) {
      finish(f, group.low, record, 0);
      if (count > 4) finish(f, group.high, record, code.isUniform ? 0 : code.recordBytes);
      storeGroup(f, code.type, address, group, count);
    },
  };
}

function clamp(
  f: FunctionBuilder,
  value: Local<'v128'>,
  { type, zeroPoint, quantMin, quantMax }: OutputCode,
): void {
  // Clamped before the zero point is added, between bounds that are moved: the sum cannot wrap.
  const { min, max } = elementRange.int32;
  if (type !== 'int32' || quantMin > min) f.set(value, op('i32x4.max_s', value, i32x4(quantMin - zeroPoint)));
  if (type !== 'int32' || quantMax < max) f.set(value, op('i32x4.min_s', value, i32x4(quantMax - zeroPoint)));
  addConstant(f, value, zeroPoint);
}

function addConstant(f: FunctionBuilder, value: Local<'v128'>, constant: number): void {
  if (constant !== 0) f.set(value, op('i32x4.add', value, i32x4(constant)));
}
