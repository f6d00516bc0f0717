import type { Rescale } from '../../requantization.js';
import {
  i32,
  i32x4,
  i64,
  i64x2,
  load,
  op,
  type FunctionBuilder,
  type Local,
  type Value,
} from '../emitter/index.js';
import { emitLanes, saturateLane } from './lanes.js';
import type { RequantizationPlan } from './requantizationCode.js';
import { emitRoundShift, mixedShiftFields } from './roundShift.js';
import { highWords, setBoth, setProduct, wideLocals } from './vector64.js';

/**
 * Plans the double rounding: a saturating left shift, a rounding product with `multiplier / 2^31`, a rounding right shift.
 */
export function planGemmlowp(rescales: readonly Rescale[]): RequantizationPlan {
  const multipliers = { bits: 32, values: rescales.map(({ multiplier }) => multiplier) } as const;
  const lefts = rescales.map(({ shift }) => Math.max(31 - shift, 0));
  const rights = rescales.map(({ shift }) => Math.max(shift - 31, 0));
  const left = lefts[0];
  const right = rights[0];
  if (lefts.every((shift) => shift === left)) {
    if (rights.every((shift) => shift === right)) {
      return { code: { kind: 'gemmlowp', left, right }, fields: [multipliers] };
    }
    if (Math.max(...rights) <= 30) {
      return {
        code: { kind: 'gemmlowp', left, right: 'mixed' },
        fields: [multipliers, ...mixedShiftFields(rights)],
      };
    }
  }
  return {
    code: { kind: 'gemmlowpScalar' },
    fields: [multipliers, { bits: 64, values: lefts.map(BigInt) }, { bits: 64, values: rights.map(BigInt) }],
  };
}

/** Four lanes at once. */
export function emitGemmlowp(
  f: FunctionBuilder,
  code: { readonly left: number; readonly right: number | 'mixed' },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  if (code.left > 0) emitShiftLeftSaturating(f, value, code.left);
  const wide = wideLocals(f);
  setProduct(f, wide, value, load('v128.load', record, offset));
  setBoth(f, wide, (product) => op('i64x2.add', product, i64x2(1n << 30n)));
  setBoth(f, wide, (sum) => op('i64x2.add', sum, sum));
  f.set(value, highWords(wide));
  emitRoundShift(f, { rounding: 'gemmlowp', shift: code.right }, value, record, offset + 16);
}

/** Any shifts, lane by lane. */
export function emitGemmlowpScalar(
  f: FunctionBuilder,
  _code: unknown,
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  const wide = f.local('i64', 'wide');
  const right = f.local('i64', 'right');
  const mask = f.local('i64', 'rightMask');
  emitLanes(f, value, (lane, accumulator) => {
    const multiplier = load('i64.load32_s', record, offset + lane * 4);
    const left = load('i64.load', record, offset + 16 + lane * 8);
    f.set(right, load('i64.load', record, offset + 48 + lane * 8));
    f.set(wide, op('i64.shl', op('i64.extend_i32_s', accumulator), left));
    f.set(wide, op('i64.extend_i32_s', saturateLane(wide)));
    f.set(wide, op('i64.shr_s', op('i64.add', op('i64.mul', wide, multiplier), i64(1n << 30n)), i64(31n)));
    f.set(mask, op('i64.sub', op('i64.shl', i64(1n), right), i64(1n)));
    const negative = op('i64.extend_i32_u', op('i64.lt_s', wide, i64(0n)));
    const limit = op('i64.add', op('i64.shr_u', mask, i64(1n)), negative);
    const exceeds = op('i64.gt_s', op('i64.and', wide, mask), limit);
    return op('i32.add', op('i32.wrap_i64', op('i64.shr_s', wide, right)), exceeds);
  });
}

function emitShiftLeftSaturating(f: FunctionBuilder, value: Local<'v128'>, shift: number): void {
  const shifted = f.local('v128', 'shifted');
  f.set(shifted, op('i32x4.shl', value, i32(shift)));
  const isExact = op('i32x4.eq', op('i32x4.shr_s', shifted, i32(shift)), value);
  const bound = op('v128.xor', op('i32x4.shr_s', value, i32(31)), i32x4(0x7fffffff));
  f.set(value, op('v128.bitselect', shifted, bound, isExact));
}
