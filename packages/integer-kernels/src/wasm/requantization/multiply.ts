import type { Rescale } from '../../requantization.js';
import {
  i32,
  i32x4,
  i64x2,
  load,
  op,
  type FunctionBuilder,
  type Local,
  type Value,
} from '../emitter/index.js';
import { entryBounds } from './entryBounds.js';
import { emitLanes, saturateLane } from './lanes.js';
import { planProduct32 } from './product32.js';
import type { RequantizationPlan } from './requantizationCode.js';
import {
  highWords,
  lowWords,
  saturateWide,
  setBoth,
  setProduct,
  shiftRightLanes,
  wideLocals,
} from './vector64.js';

/** The shifts that write one rational factor with a multiplier below 2^31. */
interface ShiftRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Plans `round(acc * multiplier / 2^shift)`, rounded once.
 *
 * The result depends on the rational factor alone, so that multiplier and shift may be rewritten together. Products of 32 bits
 * give the shortest code; then a shift that all channels can share, 32 best of all (the high words of the product).
 */
export function planMultiply(
  rescales: readonly Rescale[],
  halfToEven: boolean,
  bounds: readonly number[] | undefined,
): RequantizationPlan {
  // A factor of one changes nothing, however it is written and rounded.
  if (rescales.every(({ multiplier, shift }) => multiplier === 2 ** shift))
    return { code: { kind: 'none' }, fields: [] };
  const short = halfToEven ? undefined : planProduct32(rescales, bounds);
  if (short !== undefined) return short;
  const ranges = rescales.map(shiftRange);
  const min = Math.max(...ranges.map((range) => range.min));
  const max = Math.min(...ranges.map((range) => range.max));
  if (min <= max) {
    const shift = Math.min(Math.max(32, min), max);
    const shifted = rescales.map((rescale) => multiplierFor(rescale, shift));
    return { code: { kind: 'multiply', halfToEven, shift }, fields: [{ bits: 32, values: shifted }] };
  }
  return (
    planScaled(rescales, ranges, halfToEven, entryBounds(bounds, rescales.length)) ??
    (halfToEven ? undefined : planMixed(rescales, ranges)) ??
    planScalar(rescales, halfToEven)
  );
}

/** The largest shift for all: the accumulators of the others are multiplied by powers of two, if their bounds allow it. */
function planScaled(
  rescales: readonly Rescale[],
  ranges: readonly ShiftRange[],
  halfToEven: boolean,
  bounds: readonly number[],
): RequantizationPlan | undefined {
  const shift = Math.max(...ranges.map(({ min }) => min));
  const powers = ranges.map(({ max }) => 2 ** Math.max(0, shift - max));
  if (powers.some((power, index) => bounds[index] * power >= 2 ** 31)) return undefined;
  const multipliers = rescales.map((rescale, index) =>
    multiplierFor(rescale, Math.min(shift, ranges[index].max)),
  );
  return {
    code: { kind: 'multiplyScaled', halfToEven, shift },
    fields: [
      { bits: 32, values: multipliers },
      { bits: 32, values: powers },
    ],
  };
}

/** Lanes from shift 32 on: the rounded sum then fits when its high words alone are kept. */
function planMixed(
  rescales: readonly Rescale[],
  ranges: readonly ShiftRange[],
): RequantizationPlan | undefined {
  const shifts = ranges.map(({ min, max }) => Math.min(Math.max(32, min), max));
  if (shifts.some((shift) => shift < 32)) return undefined;
  return {
    code: { kind: 'multiplyMixed' },
    fields: [
      { bits: 32, values: rescales.map((rescale, index) => multiplierFor(rescale, shifts[index])) },
      { bits: 64, values: shifts.map((shift) => 1n << BigInt(shift - 1)) },
      { bits: 32, values: shifts.map((shift) => 2 ** (62 - shift)) },
    ],
  };
}

function planScalar(rescales: readonly Rescale[], halfToEven: boolean): RequantizationPlan {
  const shifts = rescales.map(({ shift }) => shift);
  const half = shifts.map((shift) => (shift === 0 ? 0n : 1n << BigInt(shift - 1)));
  return {
    code: { kind: 'multiplyScalar', halfToEven },
    fields: [
      { bits: 32, values: rescales.map(({ multiplier }) => multiplier) },
      { bits: 64, values: shifts.map(BigInt) },
      { bits: 64, values: half.map((value) => (halfToEven && value > 0n ? value - 1n : value)) },
      // What an odd quotient adds: nothing where no bit is shifted out.
      { bits: 64, values: shifts.map((shift) => (halfToEven && shift > 0 ? 1n : 0n)) },
    ],
  };
}

/** Shortest code: one shift for all lanes. */
export function emitMultiply(
  f: FunctionBuilder,
  code: { readonly halfToEven: boolean; readonly shift: number },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  const { shift, halfToEven } = code;
  const wide = wideLocals(f);
  setProduct(f, wide, value, load('v128.load', record, offset));
  if (shift > 32 && !halfToEven) {
    // What is added for rounding has no low word: the high words alone do.
    f.set(value, op('i32x4.add', highWords(wide), f.constant(i32x4(2 ** (shift - 33)))));
    f.set(value, op('i32x4.shr_s', value, i32(shift - 32)));
    return;
  }
  if (shift > 0) {
    const half = 1n << BigInt(shift - 1);
    setBoth(f, wide, (product) => {
      if (!halfToEven) return op('i64x2.add', product, f.constant(i64x2(half)));
      const odd = op('v128.and', op('i64x2.shr_u', product, i32(shift)), f.constant(i64x2(1n)));
      return op('i64x2.add', op('i64x2.add', product, f.constant(i64x2(half - 1n))), odd);
    });
  }
  if (shift < 31) {
    if (shift > 0) setBoth(f, wide, (sum) => op('i64x2.shr_s', sum, i32(shift)));
    saturateWide(f, wide);
    f.set(value, lowWords(wide));
    return;
  }
  // From shift 31 on the quotient is below 2^31: nothing to saturate.
  if (shift === 31) setBoth(f, wide, (sum) => op('i64x2.add', sum, sum));
  const words = highWords(wide);
  f.set(value, shift > 32 ? op('i32x4.shr_s', words, i32(shift - 32)) : words);
}

/** One shift for all lanes, behind a power of two for each. */
export function emitMultiplyScaled(
  f: FunctionBuilder,
  code: { readonly halfToEven: boolean; readonly shift: number },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  f.set(value, op('i32x4.mul', value, load('v128.load', record, offset + 16)));
  emitMultiply(f, code, value, record, offset);
}

/** Half up, shifts from 32 on that differ between lanes. */
export function emitMultiplyMixed(
  f: FunctionBuilder,
  _code: unknown,
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  const wide = wideLocals(f);
  setProduct(f, wide, value, load('v128.load', record, offset));
  f.set(wide.low, op('i64x2.add', wide.low, load('v128.load', record, offset + 16)));
  f.set(wide.high, op('i64x2.add', wide.high, load('v128.load', record, offset + 32)));
  f.set(value, highWords(wide));
  f.set(value, shiftRightLanes(f, value, record, offset + 48));
}

/** Any shifts, lane by lane, saturated. */
export function emitMultiplyScalar(
  f: FunctionBuilder,
  code: { readonly halfToEven: boolean },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  const product = f.local('i64', 'product');
  const shift = f.local('i64', 'shift');
  emitLanes(f, value, (lane, accumulator) => {
    const multiplier = load('i64.load32_s', record, offset + lane * 4);
    f.set(product, op('i64.mul', op('i64.extend_i32_s', accumulator), multiplier));
    f.set(shift, load('i64.load', record, offset + 16 + lane * 8));
    let sum = op('i64.add', product, load('i64.load', record, offset + 48 + lane * 8));
    if (code.halfToEven) {
      const odd = op(
        'i64.and',
        op('i64.shr_s', product, shift),
        load('i64.load', record, offset + 80 + lane * 8),
      );
      sum = op('i64.add', sum, odd);
    }
    f.set(product, op('i64.shr_s', sum, shift));
    return saturateLane(product);
  });
}

/** Shifts that can stand for the factor without changing it. */
function shiftRange({ multiplier, shift }: Rescale): ShiftRange {
  if (multiplier === 0) return { min: 0, max: 62 };
  const trailingZeros = 31 - Math.clz32(multiplier & -multiplier);
  return {
    min: shift - Math.min(trailingZeros, shift),
    max: Math.min(shift + Math.clz32(multiplier) - 1, 62),
  };
}

/** The multiplier that goes with another shift; exact within the shift range. */
function multiplierFor({ multiplier, shift }: Rescale, wanted: number): number {
  return wanted >= shift ? multiplier << (wanted - shift) : multiplier >> (shift - wanted);
}
