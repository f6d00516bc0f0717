import { add, type FunctionBuilder, type Local, type ModuleBuilder, type Value } from '../emitter/index.js';
import { emitDivide } from './divide.js';
import { emitGemmlowp, emitGemmlowpScalar } from './gemmlowp.js';
import { emitMultiply, emitMultiplyMixed, emitMultiplyScalar, emitMultiplyScaled } from './multiply.js';
import { emitProduct32 } from './product32.js';
import type { RequantizationCode } from './requantizationCode.js';
import { emitRoundShift, emitShiftScalar } from './roundShift.js';
import { emitThreshold } from './threshold.js';

/** Writes code that turns vectors of four int32 accumulators, which share a record, into rounded values, in place. */
export type Requantizer = (
  f: FunctionBuilder,
  values: readonly Local<'v128'>[],
  record: Value<'i32'>,
  offset: number,
) => void;

type Emit<Code, Values> = (
  f: FunctionBuilder,
  code: Code,
  values: Values,
  record: Value<'i32'>,
  offset: number,
) => void;
type CodeOf<Kind> = Extract<RequantizationCode, { kind: Kind }>;

type Emitters = {
  readonly [Kind in RequantizationCode['kind']]: {
    /** Long code stands once in the module and is called. */
    readonly isLong: boolean;
    readonly emit: Emit<CodeOf<Kind>, readonly Local<'v128'>[]>;
  };
};

/** Code of one vector, applied to each. */
function oneByOne<Code>(
  emit: Emit<Code, Local<'v128'>>,
  isLong = false,
): { readonly isLong: boolean; readonly emit: Emit<Code, readonly Local<'v128'>[]> } {
  return {
    isLong,
    emit(f, code, values, record, offset) {
      for (const value of values) emit(f, code, value, record, offset);
    },
  };
}

const nothing = { isLong: false, emit: () => undefined };

const emitters = {
  none: nothing,
  // Not of int32 lanes: the output stage emits it.
  product16: nothing,
  product32: { isLong: false, emit: emitProduct32 },
  multiply: oneByOne(emitMultiply),
  multiplyScaled: oneByOne(emitMultiplyScaled),
  multiplyMixed: oneByOne(emitMultiplyMixed),
  multiplyScalar: oneByOne(emitMultiplyScalar, true),
  gemmlowp: oneByOne(emitGemmlowp),
  gemmlowpScalar: oneByOne(emitGemmlowpScalar, true),
  shift: oneByOne(emitRoundShift),
  shiftScalar: oneByOne(emitShiftScalar, true),
  divide: oneByOne(emitDivide, true),
  threshold: oneByOne(emitThreshold),
} satisfies Emitters;

/** Prepares the code of one requantization in a module; call it before the functions that use it are added. */
export function requantizer(module: ModuleBuilder, code: RequantizationCode): Requantizer {
  const { isLong, emit } = emitters[code.kind] as {
    readonly isLong: boolean;
    readonly emit: Emit<RequantizationCode, readonly Local<'v128'>[]>;
  };
  if (!isLong) {
    return (f, values, record, offset) => {
      emit(f, code, values, record, offset);
    };
  }
  const shared = module.function(
    { parameters: { value: 'v128', record: 'i32' }, result: 'v128' },
    (f, { value, record }) => {
      emit(f, code, [value], record, 0);
      f.give(value);
    },
  );
  return (f, values, record, offset) => {
    for (const value of values) f.set(value, f.result(shared, value, add(record, offset)));
  };
}
