import type { PoolWindow } from '../ops/maxPool2d.js';
import {
  add,
  multiply,
  op,
  asValue,
  quotient,
  remainder,
  select,
  subtract,
  type FunctionBuilder,
  type Local,
  type Operand,
  type Value,
} from './emitter/index.js';
import type { Geometry } from './geometry.js';

/** What the walk over a pool's windows depends on. */
export interface PoolShape extends Pick<PoolWindow, 'kernel' | 'strides'> {
  readonly input: Geometry;
  readonly output: Geometry;
  readonly top: number;
  readonly left: number;
}

/** The part of one window that lies inside the image. */
export interface WindowLocals {
  /** Address of its first pixel. */
  readonly source: Local<'i32'>;
  readonly rows: Local<'i32'>;
  readonly columns: Local<'i32'>;
}

/** The numbers of a pool, without what its code does not depend on. */
export function poolShape(
  { kernel, strides, padding }: PoolWindow,
  input: Geometry,
  output: Geometry,
): PoolShape {
  return { kernel, strides, input, output, top: padding.top, left: padding.left };
}

/** Sets the window of an output pixel, cut to the image. */
export function setWindow(
  f: FunctionBuilder,
  { kernel, strides, input, output, top, left }: PoolShape,
  base: Local<'i32'>,
  pixel: Local<'i32'>,
): WindowLocals {
  const window = {
    source: f.local('i32', 'windowSource'),
    rows: f.local('i32', 'windowRows'),
    columns: f.local('i32', 'windowColumns'),
  };
  const y = f.local('i32', 'windowY');
  const x = f.local('i32', 'windowX');
  f.set(y, subtract(multiply(remainder(quotient(pixel, output.width), output.height), strides[0]), top));
  f.set(x, subtract(multiply(remainder(pixel, output.width), strides[1]), left));
  cut(f, y, window.rows, kernel[0], input.height);
  cut(f, x, window.columns, kernel[1], input.width);
  const image = quotient(pixel, output.width * output.height);
  const row = add(multiply(image, input.imageRows), y);
  const position = add(add(multiply(row, input.rowPixels), x), input.originPixels);
  f.set(window.source, add(base, multiply(position, input.pixelBytes)));
  return window;
}

/** Visits every pixel of the window. */
export function forEachWindowPixel(
  f: FunctionBuilder,
  input: Geometry,
  window: WindowLocals,
  start: Local<'i32'>,
  body: (address: Local<'i32'>) => void,
): void {
  const row = f.local('i32', 'rowAddress');
  const address = f.local('i32', 'tapAddress');
  f.set(row, start);
  f.repeat(f.local('i32', 'rowsLeft'), window.rows, () => {
    f.set(address, row);
    f.repeat(f.local('i32', 'columnsLeft'), window.columns, () => {
      body(address);
      f.increase(address, input.pixelBytes);
    });
    f.increase(row, input.rowPixels * input.pixelBytes);
  });
}

/** Moves the start into the image and counts what is left of the window there. */
function cut(
  f: FunctionBuilder,
  start: Local<'i32'>,
  count: Local<'i32'>,
  kernel: number,
  size: number,
): void {
  const end = f.local('i32', 'windowEnd');
  f.set(end, smaller(f, add(start, kernel), size));
  f.set(start, select(op('i32.lt_s', start, asValue(0)), 0, start));
  f.set(count, subtract(end, start));
}

function smaller(f: FunctionBuilder, a: Value<'i32'>, b: Operand): Value<'i32'> {
  const value = f.local('i32', 'smaller');
  f.set(value, a);
  return select(op('i32.lt_s', value, asValue(b)), value, b);
}
