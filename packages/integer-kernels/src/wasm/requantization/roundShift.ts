import type { Rounding } from '../../requantization.js';
import { i32, i32x4, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import { emitLanes } from './lanes.js';
import { planProduct32 } from './product32.js';
import type { RecordField, RequantizationPlan } from './requantizationCode.js';
import { shiftRightLanes } from './vector64.js';

/** Plans `round(acc / 2^shift)`. */
export function planShift(
  shifts: readonly number[],
  rounding: Rounding,
  bounds: readonly number[] | undefined,
): RequantizationPlan {
  const first = shifts[0];
  const powers = shifts.map((shift) => ({ multiplier: 1, shift }));
  const short = rounding === 'halfUp' ? planProduct32(powers, bounds) : undefined;
  if (short !== undefined) return short;
  if (shifts.every((shift) => shift === first)) {
    return { code: { kind: 'shift', rounding, shift: first }, fields: [] };
  }
  if (Math.max(...shifts) <= 30) {
    return { code: { kind: 'shift', rounding, shift: 'mixed' }, fields: mixedShiftFields(shifts) };
  }
  return {
    code: { kind: 'shiftScalar', rounding },
    fields: [
      { bits: 32, values: shifts },
      { bits: 32, values: shifts.map(shiftMask) },
    ],
  };
}

/** What a mixed shift reads: the power of two that shifts, and the mask of the bits shifted out. */
export function mixedShiftFields(shifts: readonly number[]): RecordField[] {
  return [
    { bits: 32, values: shifts.map((shift) => 2 ** (30 - shift)) },
    { bits: 32, values: shifts.map(shiftMask) },
  ];
}

/** Rounds four lanes: the floor, plus one where the bits shifted out exceed what the rounding leaves. */
export function emitRoundShift(
  f: FunctionBuilder,
  code: { readonly rounding: Rounding; readonly shift: number | 'mixed' },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  if (code.shift === 0) return;
  const floor = f.local('v128', 'floor');
  if (code.shift === 'mixed') f.set(floor, shiftRightLanes(f, value, record, offset));
  else f.set(floor, op('i32x4.shr_s', value, i32(code.shift)));
  const mask = f.local('v128', 'mask');
  f.set(
    mask,
    code.shift === 'mixed'
      ? load('v128.load', record, offset + 16)
      : f.constant(i32x4(shiftMask(code.shift))),
  );
  const exceeds = op(
    'i32x4.gt_s',
    op('v128.and', value, mask),
    limitOf(f, code.rounding, value, floor, mask),
  );
  // A true comparison is -1.
  f.set(value, op('i32x4.sub', floor, exceeds));
}

/** Any shifts 0 .. 31, lane by lane. */
export function emitShiftScalar(
  f: FunctionBuilder,
  { rounding }: { readonly rounding: Rounding },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  const floor = f.local('i32', 'laneFloor');
  const mask = f.local('i32', 'laneMask');
  emitLanes(f, value, (lane, accumulator) => {
    f.set(floor, op('i32.shr_s', accumulator, load('i32.load', record, offset + lane * 4)));
    f.set(mask, load('i32.load', record, offset + 16 + lane * 4));
    const half = op('i32.shr_u', mask, i32(1));
    const limits: Record<Rounding, Value<'i32'>> = {
      halfUp: half,
      gemmlowp: op('i32.sub', half, op('i32.shr_s', accumulator, i32(31))),
      // Where no bit is shifted out nothing can exceed the limit: it is at least 0.
      halfToEven: op('i32.sub', op('i32.add', half, i32(1)), op('i32.and', floor, i32(1))),
    };
    return op('i32.add', floor, op('i32.gt_s', op('i32.and', accumulator, mask), limits[rounding]));
  });
}

/** The largest remainder that is rounded down. */
function limitOf(
  f: FunctionBuilder,
  rounding: Rounding,
  value: Local<'v128'>,
  floor: Local<'v128'>,
  mask: Local<'v128'>,
): Value<'v128'> {
  const half = op('i32x4.shr_u', mask, i32(1));
  const one = f.constant(i32x4(1));
  const limits: Record<Rounding, Value<'v128'>> = {
    halfUp: half,
    // An exact half of a negative value stays below: away from zero.
    gemmlowp: op('i32x4.sub', half, op('i32x4.shr_s', value, i32(31))),
    halfToEven: op('i32x4.sub', op('i32x4.add', half, one), op('v128.and', floor, one)),
  };
  return limits[rounding];
}

/** The bits that are shifted out. */
function shiftMask(shift: number): number {
  return 2 ** shift - 1;
}
