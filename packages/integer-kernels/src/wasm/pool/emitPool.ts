import {
  add,
  i32,
  larger,
  multiply,
  op,
  quotient,
  smaller,
  subtract,
  type FunctionBuilder,
  type Local,
  type Operand,
} from '../emitter/index.js';
import { emitSteps } from '../emitSteps.js';
import { rowAddress, rowBytes } from '../geometry.js';
import type { PoolShape } from './poolShape.js';

/** How windows are reduced to one value a channel. */
export interface PoolReducer {
  /** Channels that are reduced at once, and the vectors that hold them. */
  readonly channels: number;
  readonly vectors: number;
  /** Loads the channels of one pixel. */
  load(f: FunctionBuilder, targets: readonly Local<'v128'>[], address: Local<'i32'>, offset: number): void;
  /** Sets what a reduction of nothing gives. */
  clear(f: FunctionBuilder, totals: readonly Local<'v128'>[]): void;
  combine(f: FunctionBuilder, totals: readonly Local<'v128'>[], values: readonly Local<'v128'>[]): void;
  /** Stores what the windows of some pixels gave: `rows` by `columns` values each. Destroys it. */
  finish(f: FunctionBuilder, pixels: readonly ReducedPixel[], rows: Operand, columns: Operand): void;
}

/** The reduction of one window, and where its value goes. */
export interface ReducedPixel {
  readonly totals: readonly Local<'v128'>[];
  readonly address: Local<'i32'>;
  readonly offset: number;
}

interface PoolParameters {
  readonly input: Local<'i32'>;
  readonly output: Local<'i32'>;
  readonly begin: Local<'i32'>;
  readonly end: Local<'i32'>;
}

/** The rows of the image that the windows of one row of output cover, and where the row itself lies. */
interface PoolRow {
  readonly source: Local<'i32'>;
  readonly target: Local<'i32'>;
  readonly rows: Local<'i32'>;
}

/** Windows of more values than this are reduced by loops. */
const MAX_UNROLLED = 32;

/** Columns of output that are reduced together at most. */
const MAX_PIXELS = 4;

/** Reduces the windows of rows `begin .. end - 1` of output; padding takes no part. */
export function emitPool(
  f: FunctionBuilder,
  shape: PoolShape,
  reducer: PoolReducer,
  from: PoolParameters,
): void {
  const { output, kernel, first, end, isCutInHeight } = shape;
  const row: PoolRow = {
    source: f.local('i32', 'sourceRow'),
    target: f.local('i32', 'targetRow'),
    rows: f.local('i32', 'rows'),
  };
  const unit = f.local('i32', 'unit');
  const border = (begin: number, limit: number): void => {
    if (begin < limit) emitCutWindows(f, shape, reducer, row, begin, limit);
  };
  f.range(unit, from.begin, from.end, 1, () => {
    setRow(f, shape, from, unit, row);
    const whole = (): void => {
      border(0, first);
      if (first < end) emitWholeWindows(f, shape, reducer, row);
      border(end, output.width);
    };
    if (!isCutInHeight) whole();
    else {
      f.if(op('i32.eq', row.rows, i32(kernel[0])), whole, () => {
        border(0, output.width);
      });
    }
  });
}

function setRow(
  f: FunctionBuilder,
  { input, output, kernel, strides, top }: PoolShape,
  from: PoolParameters,
  unit: Local<'i32'>,
  { source, target, rows }: PoolRow,
): void {
  const image = f.local('i32', 'image');
  const y = f.local('i32', 'y');
  f.set(image, output.batch === 1 ? i32(0) : quotient(unit, output.height));
  f.set(y, subtract(multiply(subtract(unit, multiply(image, output.height)), strides[0]), top));
  setInside(f, y, rows, kernel[0], input.height);
  const start = add(from.input, input.originPixels * input.pixelBytes);
  f.set(source, add(start, multiply(add(multiply(image, input.imageRows), y), rowBytes(input))));
  f.set(target, rowAddress(from.output, output, unit));
}

/** Moves the start of a window into the image, and counts what is left of it there. */
function setInside(
  f: FunctionBuilder,
  start: Local<'i32'>,
  count: Local<'i32'>,
  kernel: number,
  size: number,
): void {
  f.set(count, add(start, kernel));
  f.set(count, smaller(count, size));
  f.set(start, larger(start, 0));
  f.set(count, subtract(count, start));
}

/** Windows of any position, each cut to the image. */
function emitCutWindows(
  f: FunctionBuilder,
  shape: PoolShape,
  reducer: PoolReducer,
  { source, target, rows }: PoolRow,
  begin: number,
  end: number,
): void {
  const { input, output, kernel, strides, left } = shape;
  const x = f.local('i32', 'x');
  const column = f.local('i32', 'column');
  const columns = f.local('i32', 'columns');
  f.range(x, begin, end, 1, () => {
    f.set(column, subtract(multiply(x, strides[1]), left));
    setInside(f, column, columns, kernel[1], input.width);
    const start = add(source, multiply(column, input.pixelBytes));
    emitChannels(f, shape, reducer, start, add(target, multiply(x, output.pixelBytes)), (from, to) => {
      emitLoops(f, shape, reducer, from, to, rows, columns);
    });
  });
}

/** Windows inside the image; some at once, which share the columns that they see. */
function emitWholeWindows(
  f: FunctionBuilder,
  shape: PoolShape,
  reducer: PoolReducer,
  { source, target }: PoolRow,
): void {
  const { input, output, kernel, strides, left, first, end } = shape;
  const isUnrolled = kernel[0] * kernel[1] <= MAX_UNROLLED;
  const count = end - first;
  const pixels = isUnrolled ? Math.ceil(count / Math.ceil(count / MAX_PIXELS)) : 1;
  const x = f.local('i32', 'x');
  const column = (first * strides[1] - left) * input.pixelBytes;
  emitSteps(f, x, count, pixels, () => {
    const start = add(source, add(multiply(x, strides[1] * input.pixelBytes), column));
    const result = add(target, add(multiply(x, output.pixelBytes), first * output.pixelBytes));
    emitChannels(f, shape, reducer, start, result, (from, to) => {
      if (isUnrolled) emitUnrolled(f, shape, reducer, from, to, pixels);
      else emitLoops(f, shape, reducer, from, to, kernel[0], kernel[1]);
    });
  });
}

function emitChannels(
  f: FunctionBuilder,
  { input, output }: PoolShape,
  { channels }: PoolReducer,
  source: ReturnType<typeof add>,
  target: ReturnType<typeof add>,
  body: (from: Local<'i32'>, to: Local<'i32'>) => void,
): void {
  const window = f.local('i32', 'window');
  const pixel = f.local('i32', 'pixel');
  const channel = f.local('i32', 'channel');
  const from = f.local('i32', 'source');
  const to = f.local('i32', 'target');
  f.set(window, source);
  f.set(pixel, target);
  emitSteps(f, channel, input.channels, channels, () => {
    f.set(from, add(window, multiply(channel, input.elementBytes)));
    f.set(to, add(pixel, multiply(channel, output.elementBytes)));
    body(from, to);
  });
}

function emitLoops(
  f: FunctionBuilder,
  { input }: PoolShape,
  reducer: PoolReducer,
  source: Local<'i32'>,
  target: Local<'i32'>,
  rows: Operand,
  columns: Operand,
): void {
  const totals = vectors(f, reducer, 'total');
  const values = vectors(f, reducer, 'value');
  const row = f.local('i32', 'windowRow');
  const address = f.local('i32', 'tap');
  reducer.clear(f, totals);
  f.set(row, source);
  f.repeat(f.local('i32', 'rowsLeft'), rows, () => {
    f.set(address, row);
    f.repeat(f.local('i32', 'columnsLeft'), columns, () => {
      reducer.load(f, values, address, 0);
      reducer.combine(f, totals, values);
      f.increase(address, input.pixelBytes);
    });
    f.increase(row, rowBytes(input));
  });
  reducer.finish(f, [{ totals, address: target, offset: 0 }], rows, columns);
}

/** Reduces columns first, each once for all windows that see it; the values of two windows are stored together. */
function emitUnrolled(
  f: FunctionBuilder,
  { input, output, kernel, strides }: PoolShape,
  reducer: PoolReducer,
  source: Local<'i32'>,
  target: Local<'i32'>,
  pixels: number,
): void {
  const known = new Map<number, readonly Local<'v128'>[]>();
  const columnOf = (column: number): readonly Local<'v128'>[] => {
    let totals = known.get(column);
    if (totals !== undefined) return totals;
    totals = vectors(f, reducer, `column${column}`);
    known.set(column, totals);
    const value = vectors(f, reducer, 'value');
    for (let row = 0; row < kernel[0]; row += 1) {
      const offset = row * rowBytes(input) + column * input.pixelBytes;
      reducer.load(f, row === 0 ? totals : value, source, offset);
      if (row > 0) reducer.combine(f, totals, value);
    }
    return totals;
  };
  for (let pixel = 0; pixel < pixels; pixel += 2) {
    const pair = [pixel, pixel + 1].filter((index) => index < pixels);
    const reduced = pair.map((index): ReducedPixel => {
      const totals = vectors(f, reducer, `window${index - pixel}`);
      for (let x = 0; x < kernel[1]; x += 1) {
        const column = columnOf(index * strides[1] + x);
        if (x > 0) reducer.combine(f, totals, column);
        else
          totals.forEach((total, vector) => {
            f.set(total, column[vector]);
          });
      }
      return { totals, address: target, offset: index * output.pixelBytes };
    });
    reducer.finish(f, reduced, kernel[0], kernel[1]);
  }
}

function vectors(f: FunctionBuilder, { vectors: count }: PoolReducer, name: string): Local<'v128'>[] {
  return Array.from({ length: count }, (_, index) => f.local('v128', `${name}_${index}`));
}
