import { i32x4, op, type FunctionBuilder } from './emitter/index.js';
import type { Group } from './elements.js';

/** Subtracts a constant, such as a zero point, from `count` (1 .. 8) lanes; nothing is emitted for 0. */
export function subtractConstant(f: FunctionBuilder, group: Group, constant: number, count: number): void {
  if (constant === 0) return;
  f.set(group.low, op('i32x4.sub', group.low, i32x4(constant)));
  if (count > 4) f.set(group.high, op('i32x4.sub', group.high, i32x4(constant)));
}
