import {
  add,
  multiply,
  quotient,
  remainder,
  subtract,
  type FunctionBuilder,
  type Local,
} from '../emitter/index.js';
import type { Geometry } from '../geometry.js';
import type { WinogradShape } from './winogradShape.js';

/** Where the first pixel of a tile lies. */
export interface TilePosition {
  /** Row and column in the image, which may lie outside. */
  readonly y: Local<'i32'>;
  readonly x: Local<'i32'>;
  readonly address: Local<'i32'>;
}

/** Sets the position of a tile: tiles are `step` pixels apart, and the first begins `before` pixels before the image. */
export function tilePosition(
  f: FunctionBuilder,
  { tilesDown, tilesAcross }: WinogradShape,
  { imageRows, rowPixels, originPixels, pixelBytes }: Geometry,
  base: Local<'i32'>,
  tile: Local<'i32'>,
  step: readonly [number, number],
  before: readonly [number, number] = [0, 0],
): TilePosition {
  const [y, x, address] = ['y', 'x', 'tileAddress'].map((name) => f.local('i32', name));
  const tileRow = quotient(tile, tilesAcross);
  f.set(y, subtract(multiply(remainder(tileRow, tilesDown), step[0]), before[0]));
  f.set(x, subtract(multiply(remainder(tile, tilesAcross), step[1]), before[1]));
  const row = add(multiply(quotient(tileRow, tilesDown), imageRows), y);
  const pixel = add(add(multiply(row, rowPixels), x), originPixels);
  f.set(address, add(base, multiply(pixel, pixelBytes)));
  return { y, x, address };
}
