import { i32, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import { emitLanes } from './lanes.js';
import type { RequantizationPlan } from './requantizationCode.js';

/** Plans `round(acc / divisor)`. */
export function planDivide(divisors: readonly number[], halfToEven: boolean): RequantizationPlan {
  return { code: { kind: 'divide', halfToEven }, fields: [{ bits: 32, values: divisors }] };
}

/** Integer division, lane by lane: the floor, plus one where the remainder reaches the half. */
export function emitDivide(
  f: FunctionBuilder,
  { halfToEven }: { readonly halfToEven: boolean },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  const divisor = f.local('i32', 'divisor');
  emitLanes(f, value, (lane, accumulator) => {
    f.set(divisor, load('i32.load', record, offset + lane * 4));
    return divideLane(f, accumulator, divisor, halfToEven);
  });
}

/** `round(dividend / divisor)` of one int32 by a positive divisor, once to the nearest. */
export function divideLane(
  f: FunctionBuilder,
  dividend: Local<'i32'>,
  divisor: Local<'i32'>,
  halfToEven: boolean,
): Value<'i32'> {
  const quotient = f.local('i32', 'laneQuotient');
  const remainder = f.local('i32', 'laneRemainder');
  f.set(quotient, op('i32.div_s', dividend, divisor));
  f.set(remainder, op('i32.sub', dividend, op('i32.mul', quotient, divisor)));
  // div_s truncates; the floor of a negative quotient with a remainder is one less.
  f.if(op('i32.lt_s', remainder, i32(0)), () => {
    f.increase(quotient, -1);
    f.increase(remainder, divisor);
  });
  const complement = op('i32.sub', divisor, remainder);
  if (!halfToEven) return op('i32.add', quotient, op('i32.ge_s', remainder, complement));
  const odd = op('i32.and', quotient, i32(1));
  return op('i32.add', quotient, op('i32.gt_s', op('i32.add', remainder, odd), complement));
}
