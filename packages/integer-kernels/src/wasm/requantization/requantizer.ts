import { add, type FunctionBuilder, type Local, type ModuleBuilder, type Value } from '../emitter/index.js';
import { emitDivide } from './divide.js';
import { emitGemmlowp, emitGemmlowpScalar } from './gemmlowp.js';
import { emitMultiply, emitMultiplyMixed, emitMultiplyScalar, emitMultiplyScaled } from './multiply.js';
import { emitProduct32 } from './product32.js';
import type { RequantizationCode } from './requantizationCode.js';
import { emitRoundShift, emitShiftScalar } from './roundShift.js';
import { emitThreshold } from './threshold.js';

/** Writes code that turns four int32 accumulators into four rounded values, in place. */
export type Requantizer = (
  f: FunctionBuilder,
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
) => void;

type Emitters = {
  readonly [Kind in RequantizationCode['kind']]: {
    /** Long code stands once in the module and is called. */
    readonly isLong: boolean;
    readonly emit: (
      f: FunctionBuilder,
      code: Extract<RequantizationCode, { kind: Kind }>,
      value: Local<'v128'>,
      record: Value<'i32'>,
      offset: number,
    ) => void;
  };
};

const emitters = {
  none: { isLong: false, emit: () => undefined },
  // Not of int32 lanes: the output stage emits it.
  product16: { isLong: false, emit: () => undefined },
  product32: { isLong: false, emit: emitProduct32 },
  multiply: { isLong: false, emit: emitMultiply },
  multiplyScaled: { isLong: false, emit: emitMultiplyScaled },
  multiplyMixed: { isLong: false, emit: emitMultiplyMixed },
  multiplyScalar: { isLong: true, emit: emitMultiplyScalar },
  gemmlowp: { isLong: false, emit: emitGemmlowp },
  gemmlowpScalar: { isLong: true, emit: emitGemmlowpScalar },
  shift: { isLong: false, emit: emitRoundShift },
  shiftScalar: { isLong: true, emit: emitShiftScalar },
  divide: { isLong: true, emit: emitDivide },
  threshold: { isLong: false, emit: emitThreshold },
} satisfies Emitters;

/** Prepares the code of one requantization in a module; call it before the functions that use it are added. */
export function requantizer(module: ModuleBuilder, code: RequantizationCode): Requantizer {
  const { isLong, emit } = emitters[code.kind] as Emitters[RequantizationCode['kind']] & {
    emit: (
      f: FunctionBuilder,
      code: RequantizationCode,
      value: Local<'v128'>,
      record: Value<'i32'>,
      offset: number,
    ) => void;
  };
  if (!isLong) {
    return (f, value, record, offset) => {
      emit(f, code, value, record, offset);
    };
  }
  const shared = module.function(
    { parameters: { value: 'v128', record: 'i32' }, result: 'v128' },
    (f, { value, record }) => {
      emit(f, code, value, record, 0);
      f.give(value);
    },
  );
  return (f, value, record, offset) => {
    f.set(value, f.result(shared, value, add(record, offset)));
  };
}
