import type { ElementType } from '../activation.js';
import {
  i16x8,
  i32x4,
  load,
  loadLane,
  op,
  type FunctionBuilder,
  type Local,
  type Value,
} from './emitter/index.js';

/** Two vectors of int32 lanes: channels 0 .. 3 and 4 .. 7 of a group. */
export interface Group {
  readonly low: Local<'v128'>;
  readonly high: Local<'v128'>;
}

/** Up to eight values: int16 lanes, or a group of int32 lanes. */
export type Lanes = Local<'v128'> | Group;

/** Channels that vector code handles at once. */
export const GROUP_CHANNELS = 8;

/** The two vectors of a named group. */
export function groupLocals(f: FunctionBuilder, name: string): Group {
  return { low: f.local('v128', `${name}Low`), high: f.local('v128', `${name}High`) };
}

/** Loads exactly `count` (1 .. 8) elements as differences from the zero point; lanes beyond them are unspecified. */
export function loadLanes(
  f: FunctionBuilder,
  { type, zeroPoint }: { readonly type: ElementType; readonly zeroPoint: number },
  address: Value<'i32'>,
  offset: number,
  name: string,
  count: number,
): Lanes {
  if (type === 'int32') {
    const group = groupLocals(f, name);
    loadBytes(f, address, offset, group.low, Math.min(count, 4) * 4);
    if (count > 4) loadBytes(f, address, offset + 16, group.high, (count - 4) * 4);
    return group;
  }
  const halfwords = f.local('v128', name);
  f.set(halfwords, loadHalfwords(f, type, address, offset, count, halfwords));
  if (zeroPoint !== 0) f.set(halfwords, op('i16x8.sub', halfwords, f.constant(i16x8(zeroPoint))));
  return halfwords;
}

/** The lanes as a group of int32, of which `count` (1 .. 8) are wanted; int16 lanes are extended to the group of that name. */
export function widened(f: FunctionBuilder, lanes: Lanes, name: string, count: number): Group {
  if ('low' in lanes) return lanes;
  const group = groupLocals(f, name);
  f.set(group.low, op('i32x4.extend_low_i16x8_s', lanes));
  if (count > 4) f.set(group.high, op('i32x4.extend_high_i16x8_s', lanes));
  return group;
}

/** Loads exactly `count` (1 .. 8) bytes as int16 lanes, through `scratch` where a partial load takes several steps. */
export function loadHalfwords(
  f: FunctionBuilder,
  type: 'int8' | 'uint8',
  address: Value<'i32'>,
  offset: number,
  count: number,
  scratch: Local<'v128'>,
): Value<'v128'> {
  const isSigned = type === 'int8';
  if (count === 8) return load(isSigned ? 'v128.load8x8_s' : 'v128.load8x8_u', address, offset);
  loadBytes(f, address, offset, scratch, count);
  return op(isSigned ? 'i16x8.extend_low_i8x16_s' : 'i16x8.extend_low_i8x16_u', scratch);
}

/** Loads exactly `count` (1 .. 16) bytes into the low lanes. */
export function loadBytes(
  f: FunctionBuilder,
  address: Value<'i32'>,
  offset: number,
  target: Local<'v128'>,
  count: number,
): void {
  if (count === 16) {
    f.set(target, load('v128.load', address, offset));
    return;
  }
  if (count >= 8) f.set(target, load('v128.load64_zero', address, offset));
  else if (count >= 4) f.set(target, load('v128.load32_zero', address, offset));
  else f.set(target, i32x4(0));
  let position = count >= 8 ? 8 : count & 4;
  for (const [size, name] of [
    [4, 'v128.load32_lane'],
    [2, 'v128.load16_lane'],
    [1, 'v128.load8_lane'],
  ] as const) {
    if (count - position < size) continue;
    f.set(target, loadLane(name, position / size, address, target, offset + position));
    position += size;
  }
}

/** Stores exactly `count` (1 .. 16) bytes of a vector, from byte 0 or 8 on. */
export function storeBytes(
  f: FunctionBuilder,
  address: Value<'i32'>,
  offset: number,
  value: Local<'v128'>,
  count: number,
  first = 0,
): void {
  if (count === 16) {
    f.store('v128.store', address, value, offset);
    return;
  }
  let position = 0;
  for (const [size, name] of [
    [8, 'v128.store64_lane'],
    [4, 'v128.store32_lane'],
    [2, 'v128.store16_lane'],
    [1, 'v128.store8_lane'],
  ] as const) {
    if (count - position < size) continue;
    f.storeLane(name, (first + position) / size, address, value, offset + position);
    position += size;
  }
}
