import { loadHalfwords } from '../elements.js';
import { i32, multiply, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import { PATCH } from './winogradShape.js';

/** What the transform of one patch depends on. */
export interface TransformCode {
  readonly type: 'int8' | 'uint8';
  /** Subtracted from every input. */
  readonly center: number;
  /** Rows and columns from one value of the patch to the next. */
  readonly strides: readonly [number, number];
  /** Bytes from one transformed value to the next. */
  readonly frequencyBytes: number;
  /** Rows and columns of transformed values that are stored, 5 or 6. */
  readonly stored: readonly [number, number];
}

/** Where a patch lies, in the image or in its copy. */
export interface PatchLocals {
  readonly source: Local<'i32'>;
  readonly rowBytes: Local<'i32'>;
  readonly pixelBytes: Local<'i32'>;
}

/** Where the transformed values go: all but the last column, and the last column. */
export interface PatchTargets {
  readonly inner: Local<'i32'>;
  readonly last: Local<'i32'>;
}

/** Transforms 6x6 values of `count` (1 .. 8) channels from `source` on to int16: `B' d B`. */
export function emitTransformPatch(
  f: FunctionBuilder,
  { type, center, strides, frequencyBytes, stored }: TransformCode,
  { source, rowBytes, pixelBytes }: PatchLocals,
  targets: PatchTargets,
  count: number,
): void {
  const indices = Array.from({ length: PATCH }, (_, index) => index);
  const value = (row: number, column: number): Local<'v128'> => f.local('v128', `d${row}${column}`);
  const [rowStart, address] = ['rowStart', 'address'].map((name) => f.local('i32', name));
  f.set(rowStart, source);
  for (const row of indices) {
    f.set(address, rowStart);
    for (const column of indices) {
      f.set(value(row, column), loadHalfwords(f, type, address, 0, count, value(row, column)));
      f.increase(address, multiply(pixelBytes, strides[1]));
    }
    f.increase(rowStart, multiply(rowBytes, strides[0]));
  }
  for (const column of indices) emitTransform(f, (row) => value(row, column));
  for (const row of indices.slice(0, stored[0])) {
    emitTransform(f, (column) => value(row, column));
    // A constant has one frequency: what is subtracted from all inputs is subtracted there.
    if (row === 1 && center !== 0) {
      f.set(value(1, 1), op('i16x8.sub', value(1, 1), op('i16x8.splat', i32(36 * center))));
    }
    for (const column of indices.slice(0, stored[1])) {
      const target = column === PATCH - 1 ? targets.last : targets.inner;
      f.store('v128.store', target, value(row, column), (row * PATCH + column) * frequencyBytes);
    }
  }
}

/** `B' d` of six vectors, in place. */
function emitTransform(f: FunctionBuilder, value: (index: number) => Local<'v128'>): void {
  const [d0, d1, d2, d3, d4, d5] = [0, 1, 2, 3, 4, 5].map(value);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => f.local('v128', name));
  const plus = (x: Value<'v128'>, y: Value<'v128'>) => op('i16x8.add', x, y);
  const minus = (x: Value<'v128'>, y: Value<'v128'>) => op('i16x8.sub', x, y);
  const times4 = (x: Value<'v128'>) => op('i16x8.shl', x, i32(2));
  f.set(a, minus(d4, d2));
  f.set(b, minus(d3, d1));
  f.set(c, minus(d4, times4(d2)));
  f.set(d, minus(d3, times4(d1)));
  f.set(d5, minus(minus(d5, d3), times4(b)));
  f.set(d0, plus(times4(minus(d0, d2)), a));
  f.set(b, plus(b, b));
  f.set(d1, plus(c, d));
  f.set(d2, minus(c, d));
  f.set(d3, plus(a, b));
  f.set(d4, minus(a, b));
}
