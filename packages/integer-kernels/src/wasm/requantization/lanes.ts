import { i64, onLane, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';

/** Replaces each of the four int32 lanes by what `change` makes of it. */
export function emitLanes(
  f: FunctionBuilder,
  vector: Local<'v128'>,
  change: (lane: number, value: Local<'i32'>) => Value<'i32'>,
): void {
  const value = f.local('i32', 'laneValue');
  for (let lane = 0; lane < 4; lane += 1) {
    f.set(value, onLane('i32x4.extract_lane', lane, vector));
    const changed = change(lane, value);
    f.set(vector, onLane('i32x4.replace_lane', lane, vector, changed));
  }
}

/** The int64 saturated to int32. */
export function saturateLane(value: Local<'i64'>): Value<'i32'> {
  const max = i64(0x7fffffffn);
  const min = i64(-0x80000000n);
  return {
    type: 'i32',
    write(code) {
      // select(max, select(min, value, value < min), value > max), then the low word.
      max.write(code);
      min.write(code);
      value.write(code);
      op('i64.lt_s', value, min).write(code);
      code.byte(0x1b);
      op('i64.gt_s', value, max).write(code);
      code.byte(0x1b);
      code.byte(0xa7);
    },
  };
}
