import { i32 } from './constants.js';
import { op, type Value } from './value.js';

/** An i32 value or a constant. */
export type Operand = Value<'i32'> | number;

/** The value itself, or the constant of a number. */
export function asValue(operand: Operand): Value<'i32'> {
  return typeof operand === 'number' ? i32(operand) : operand;
}

/** `a + b`; constants are folded. */
export function add(a: Operand, b: Operand): Value<'i32'> {
  const [left, right] = [asValue(a), asValue(b)];
  if (left.constant !== undefined && right.constant !== undefined) return i32(left.constant + right.constant);
  if (left.constant === 0) return right;
  if (right.constant === 0) return left;
  return op('i32.add', left, right);
}

/** `a - b`; constants are folded. */
export function subtract(a: Operand, b: Operand): Value<'i32'> {
  const [left, right] = [asValue(a), asValue(b)];
  if (right.constant !== undefined) return add(left, -right.constant);
  return op('i32.sub', left, right);
}

/** `a * b`; constants are folded. */
export function multiply(a: Operand, b: Operand): Value<'i32'> {
  const [left, right] = [asValue(a), asValue(b)];
  if (left.constant !== undefined && right.constant !== undefined) {
    return i32(Math.imul(left.constant, right.constant));
  }
  if (left.constant === 1) return right;
  if (right.constant === 1) return left;
  if (left.constant === 0 || right.constant === 0) return i32(0);
  return op('i32.mul', left, right);
}

/** `floor(a / b)` of an unsigned value by a constant. */
export function quotient(a: Operand, b: number): Value<'i32'> {
  return b === 1 ? asValue(a) : op('i32.div_u', asValue(a), i32(b));
}

/** `a mod b` of an unsigned value by a constant. */
export function remainder(a: Operand, b: number): Value<'i32'> {
  return b === 1 ? i32(0) : op('i32.rem_u', asValue(a), i32(b));
}

/** Whether signed `a < b`. */
export function isLess(a: Operand, b: Operand): Value<'i32'> {
  return op('i32.lt_s', asValue(a), asValue(b));
}

/** Whether unsigned `a < b`; for `0 <= a < b` in one comparison. */
export function isBelow(a: Operand, b: Operand): Value<'i32'> {
  return op('i32.lt_u', asValue(a), asValue(b));
}

/** The smaller of two signed values; each is written twice, so that it should be a local or a constant. */
export function smaller(a: Operand, b: Operand): Value<'i32'> {
  return select(isLess(a, b), a, b);
}

/** The larger of two signed values; each is written twice. */
export function larger(a: Operand, b: Operand): Value<'i32'> {
  return select(isLess(a, b), b, a);
}

/** `condition ? a : b`. Both are evaluated. */
export function select(condition: Value<'i32'>, a: Operand, b: Operand): Value<'i32'> {
  const [left, right] = [asValue(a), asValue(b)];
  return {
    type: 'i32',
    write(code) {
      left.write(code);
      right.write(code);
      condition.write(code);
      code.byte(0x1b);
    },
  };
}
