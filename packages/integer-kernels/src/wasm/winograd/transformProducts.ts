import { i32, i32x4, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import { PATCH, TILE } from './winogradShape.js';

/** Bytes of the outputs of one tile and panel: `[row][column][8]` int32. */
export const RESULT_BYTES = TILE * TILE * 32;

/** 9^-1 modulo 2^32. */
const INVERSE_OF_9 = 954437177;
/** Rows of the transform give 3 * 2^k times the output. */
const SHIFTS = [3, 2, 1, 1];

/**
 * Transforms the products of a tile and a panel to 16 outputs each, and adds the bias.
 *
 * `products` are 36 vectors for channels 0 .. 3, each followed by that of channels 4 .. 7, `frequencyBytes` apart; rows and columns
 * that are not used are zero.
 */
export function emitTransformProducts(
  f: FunctionBuilder,
  products: Local<'i32'>,
  frequencyBytes: number,
  bias: Local<'i32'>,
  results: Local<'i32'>,
  [rows, columns]: readonly [number, number],
): void {
  const pointers = ['from', 'biasAddress', 'to'].map((name) => f.local('i32', name));
  const [from, biasAddress, to] = pointers;
  const inverse = f.local('v128', 'inverse');
  const indices = Array.from({ length: PATCH }, (_, index) => index);
  const value = (row: number, column: number): Local<'v128'> => f.local('v128', `m${row}${column}`);
  f.set(from, products);
  f.set(biasAddress, bias);
  f.set(to, results);
  f.set(inverse, i32x4(INVERSE_OF_9));
  f.repeat(f.local('i32', 'halvesLeft'), 2, () => {
    for (const column of indices.slice(0, columns)) {
      for (const row of indices.slice(0, rows)) {
        f.set(value(row, column), load('v128.load', from, (row * PATCH + column) * frequencyBytes));
      }
      emitTransform(f, (row) => value(row, column), rows);
    }
    SHIFTS.forEach((rowShift, row) => {
      emitTransform(f, (column) => value(row, column), columns);
      SHIFTS.forEach((columnShift, column) => {
        const scaled = op('i32x4.mul', value(row, column), inverse);
        const exact = op('i32x4.shr_s', scaled, i32(rowShift + columnShift));
        const output = op('i32x4.add', exact, load('v128.load', biasAddress));
        f.store('v128.store', to, output, (row * TILE + column) * 32);
      });
    });
    for (const pointer of pointers) f.increase(pointer, 16);
  });
}

/** Four sums of six vectors, or of five where the last is zero, in place: 24, 12, 6 and 6 times the outputs. */
function emitTransform(f: FunctionBuilder, value: (index: number) => Local<'v128'>, count: number): void {
  const [m0, m1, m2, m3, m4, m5] = [0, 1, 2, 3, 4, 5].map(value);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => f.local('v128', name));
  const plus = (x: Value<'v128'>, y: Value<'v128'>) => op('i32x4.add', x, y);
  const minus = (x: Value<'v128'>, y: Value<'v128'>) => op('i32x4.sub', x, y);
  f.set(a, plus(m1, m2));
  f.set(b, minus(m1, m2));
  f.set(c, plus(m3, m4));
  f.set(d, minus(m3, m4));
  f.set(m0, plus(plus(m0, op('i32x4.shl', a, i32(2))), c));
  f.set(m1, plus(plus(b, b), d));
  f.set(m2, plus(a, c));
  const odd = plus(b, plus(d, d));
  f.set(m3, count === PATCH ? plus(odd, m5) : odd);
}
