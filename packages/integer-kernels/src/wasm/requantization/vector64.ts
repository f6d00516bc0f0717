import {
  i32,
  i64x2,
  load,
  op,
  shuffle,
  type FunctionBuilder,
  type Local,
  type Value,
} from '../emitter/index.js';

/** Four 64-bit values in two vectors. */
export interface Wide {
  readonly low: Local<'v128'>;
  readonly high: Local<'v128'>;
}

const HIGH_WORDS = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31];
const LOW_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

/** The two scratch vectors of 64-bit lanes. */
export function wideLocals(f: FunctionBuilder): Wide {
  return { low: f.local('v128', 'wideLow'), high: f.local('v128', 'wideHigh') };
}

/** `wide = a * b`, exact, of four int32 each. */
export function setProduct(f: FunctionBuilder, wide: Wide, a: Value<'v128'>, b: Value<'v128'>): void {
  f.set(wide.low, op('i64x2.extmul_low_i32x4_s', a, b));
  f.set(wide.high, op('i64x2.extmul_high_i32x4_s', a, b));
}

/** Applies one change to both vectors. */
export function setBoth(
  f: FunctionBuilder,
  wide: Wide,
  change: (half: Local<'v128'>) => Value<'v128'>,
): void {
  f.set(wide.low, change(wide.low));
  f.set(wide.high, change(wide.high));
}

/** `wide >> 32`, as four int32. */
export function highWords(wide: Wide): Value<'v128'> {
  return shuffle(wide.low, wide.high, HIGH_WORDS);
}

/** The low 32 bits of each. */
export function lowWords(wide: Wide): Value<'v128'> {
  return shuffle(wide.low, wide.high, LOW_WORDS);
}

/** Saturates each to the int32 range. */
export function saturateWide(f: FunctionBuilder, wide: Wide): void {
  const bound = f.local('v128', 'wideBound');
  f.set(bound, i64x2(0x7fffffffn));
  setBoth(f, wide, (half) => op('v128.bitselect', bound, half, op('i64x2.gt_s', half, bound)));
  f.set(bound, i64x2(-0x80000000n));
  setBoth(f, wide, (half) => op('v128.bitselect', bound, half, op('i64x2.gt_s', bound, half)));
}

/**
 * `value >> right` with a shift of its own for each lane: `power` is `2^(30 - right)`, so `right` is 0 .. 30.
 *
 * The vector instruction shifts all lanes alike; a product with a power of two does not.
 */
export function shiftRightLanes(
  f: FunctionBuilder,
  value: Value<'v128'>,
  record: Value<'i32'>,
  powerOffset: number,
): Value<'v128'> {
  const wide = wideLocals(f);
  setProduct(f, wide, value, load('v128.load', record, powerOffset));
  setBoth(f, wide, (half) => op('i64x2.shl', half, i32(2)));
  return highWords(wide);
}
