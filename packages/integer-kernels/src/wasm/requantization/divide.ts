import type { DivisionRounding } from '../../arithmetic/divide.js';
import { i32, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import { emitLanes } from './lanes.js';
import { planDivision32 } from './product32.js';
import type { RequantizationPlan } from './requantizationCode.js';

/** Plans `round(acc / divisor)`. */
export function planDivide(
  divisors: readonly number[],
  rounding: DivisionRounding,
  bounds: readonly number[] | undefined,
): RequantizationPlan {
  return (
    planDivision32(divisors, rounding, bounds) ?? {
      code: { kind: 'divide', rounding },
      fields: [{ bits: 32, values: divisors }],
    }
  );
}

/** Integer division, lane by lane, once to the nearest. */
export function emitDivide(
  f: FunctionBuilder,
  { rounding }: { readonly rounding: DivisionRounding },
  value: Local<'v128'>,
  record: Value<'i32'>,
  offset: number,
): void {
  const divisor = f.local('i32', 'divisor');
  const quotient = f.local('i32', 'laneQuotient');
  const remainder = f.local('i32', 'laneRemainder');
  emitLanes(f, value, (lane, dividend) => {
    f.set(divisor, load('i32.load', record, offset + lane * 4));
    f.set(quotient, op('i32.div_s', dividend, divisor));
    f.set(remainder, op('i32.sub', dividend, op('i32.mul', quotient, divisor)));
    // div_s truncates; the floor of a negative quotient with a remainder is one less.
    f.if(op('i32.lt_s', remainder, i32(0)), () => {
      f.increase(quotient, -1);
      f.increase(remainder, divisor);
    });
    // Up where the remainder exceeds what is left to the divisor; where it need only reach it, one is added.
    const reach: Record<DivisionRounding, Value<'i32'>> = {
      halfUp: i32(1),
      halfToEven: op('i32.and', quotient, i32(1)),
      halfAwayFromZero: op('i32.ge_s', dividend, i32(0)),
    };
    const exceeds = op(
      'i32.gt_s',
      op('i32.add', remainder, reach[rounding]),
      op('i32.sub', divisor, remainder),
    );
    return op('i32.add', quotient, exceeds);
  });
}
