import { emitChannelGroups } from '../channelGroups.js';
import { loadHalfwords } from '../elements.js';
import {
  add,
  i32,
  isBelow,
  multiply,
  op,
  quotient,
  remainder,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
} from '../emitter/index.js';
import type { Geometry } from '../geometry.js';
import { addCopyPatch } from './copyPatch.js';
import { PATCH, TAPS, TILE, type WinogradShape } from './winogradShape.js';

/** What the transform of the inputs depends on. */
export interface InputCode {
  readonly shape: WinogradShape;
  readonly input: Geometry;
  readonly type: 'int8' | 'uint8';
  readonly top: number;
  readonly left: number;
  readonly paddingValue: number;
  /** Pixels of halo above and left of the image. */
  readonly halo: readonly [number, number];
  /** Subtracted from every input. */
  readonly center: number;
}

/** Where a patch lies, in the image or in its copy. */
interface PatchLocals {
  readonly source: Local<'i32'>;
  readonly rowBytes: Local<'i32'>;
  readonly pixelBytes: Local<'i32'>;
  readonly target: Local<'i32'>;
}

/**
 * Adds the function that transforms the patches of tiles `first .. end - 1` of all images: `B' d B` in int16.
 *
 * `target` is where tile 0 stands or would stand, `[tile block][36 frequencies][tile][depth]`.
 */
export function addTransformInput(module: ModuleBuilder, code: InputCode): FunctionReference<undefined> {
  const { shape, input } = code;
  const mustCopy = reachesOutside(code);
  const copyFunction = mustCopy ? addCopyPatch(module, { ...code, patch: shape.patch }) : undefined;
  const parameters = { input: 'i32', target: 'i32', patch: 'i32', first: 'i32', end: 'i32' } as const;
  return module.function({ parameters }, (f, from) => {
    const tile = f.local('i32', 'tile');
    const locals: PatchLocals = {
      source: f.local('i32', 'source'),
      rowBytes: f.local('i32', 'rowBytes'),
      pixelBytes: f.local('i32', 'pixelBytes'),
      target: f.local('i32', 'rowTarget'),
    };
    f.range(tile, from.first, from.end, 1, () => {
      const [y, x] = startPatch(f, code, locals.source, from.input, tile);
      f.set(locals.rowBytes, i32(input.rowPixels * input.pixelBytes));
      f.set(locals.pixelBytes, i32(input.pixelBytes));
      if (copyFunction !== undefined) {
        f.if(op('i32.eqz', isStored(code, y, x)), () => {
          f.call(copyFunction, locals.source, y, x, from.patch);
          f.set(locals.source, from.patch);
          f.set(locals.rowBytes, i32(shape.patch[1] * input.channels));
          f.set(locals.pixelBytes, i32(input.channels));
        });
      }
      f.set(locals.target, add(from.target, tileOffset(shape, tile)));
      emitParts(f, code, locals);
    });
  });
}

/** Whether any tile reaches outside what is stored. */
function reachesOutside({ shape, input, top, left, halo }: InputCode): boolean {
  const end = (axis: 0 | 1, tiles: number): number =>
    (tiles - 1) * TILE * shape.strides[axis] + shape.patch[axis] + halo[axis];
  return (
    halo[0] < top ||
    halo[1] < left ||
    end(0, shape.tilesDown) - top > input.imageRows ||
    end(1, shape.tilesAcross) - left > input.rowPixels
  );
}

/** Sets the address of the first value of a tile's patch; returns its row and column, which may lie outside the image. */
function startPatch(
  f: FunctionBuilder,
  { shape, input, top, left }: InputCode,
  source: Local<'i32'>,
  base: Local<'i32'>,
  tile: Local<'i32'>,
): readonly [Local<'i32'>, Local<'i32'>] {
  const { tilesDown, tilesAcross, strides } = shape;
  const [y, x] = [f.local('i32', 'y'), f.local('i32', 'x')];
  const tileRow = remainder(quotient(tile, tilesAcross), tilesDown);
  f.set(y, subtract(multiply(tileRow, TILE * strides[0]), top));
  f.set(x, subtract(multiply(remainder(tile, tilesAcross), TILE * strides[1]), left));
  const row = add(multiply(quotient(tile, tilesDown * tilesAcross), input.imageRows), y);
  const position = add(add(multiply(row, input.rowPixels), x), input.originPixels);
  f.set(source, add(base, multiply(position, input.pixelBytes)));
  return [y, x];
}

/** Whether a patch lies in the image and its halo, as code. */
function isStored(
  { shape: { patch }, input, halo }: InputCode,
  y: Local<'i32'>,
  x: Local<'i32'>,
): ReturnType<typeof op<'i32.and'>> {
  const fits = (position: Local<'i32'>, before: number, stored: number, extent: number) =>
    isBelow(add(position, before), Math.max(0, stored - extent + 1));
  return op(
    'i32.and',
    fits(y, halo[0], input.imageRows, patch[0]),
    fits(x, halo[1], input.rowPixels, patch[1]),
  );
}

function tileOffset(shape: WinogradShape, tile: Local<'i32'>): ReturnType<typeof add> {
  const { tileBlock, rowBytes } = shape;
  const row = multiply(remainder(tile, tileBlock), rowBytes);
  return add(multiply(quotient(tile, tileBlock), shape.frequencyBytes * PATCH * PATCH), row);
}

/** All channels of a patch, in the order of the transformed weights: group, part, row and column between strides. */
function emitParts(f: FunctionBuilder, code: InputCode, locals: PatchLocals): void {
  const { shape, input } = code;
  const { groups, groupChannels, parts, strides, depthPairs } = shape;
  const { source, rowBytes, pixelBytes, target } = locals;
  // Columns between strides follow one another in memory where no channel stands between them.
  const isJoined = groups === 1 && input.pixelBytes === groupChannels;
  const run = isJoined ? strides[1] * groupChannels : groupChannels;
  const to = f.local('i32', 'to');
  const step = f.local('i32', 'step');
  const loop = (name: string, count: number, start: Local<'i32'>, body: (at: Local<'i32'>) => void): void => {
    const at = f.local('i32', name);
    f.set(at, start);
    f.repeat(f.local('i32', `${name}Left`), count, () => {
      body(at);
    });
  };
  loop('group', groups, source, (group) => {
    f.set(to, target);
    loop('partRow', parts[0], group, (partRow) => {
      loop('part', parts[1], partRow, (part) => {
        loop('row', strides[0], part, (row) => {
          loop('column', isJoined ? 1 : strides[1], row, (column) => {
            emitRun(f, code, locals, column, to, run);
            f.increase(column, pixelBytes);
            f.increase(to, run * 2);
          });
          f.increase(row, rowBytes);
        });
        f.increase(part, multiply(pixelBytes, TAPS * strides[1]));
      });
      f.set(step, multiply(rowBytes, TAPS * strides[0]));
      f.increase(partRow, step);
    });
    f.increase(group, groupChannels);
    f.increase(target, depthPairs * 4);
  });
}

/** Transforms channels that follow one another in memory. */
function emitRun(
  f: FunctionBuilder,
  code: InputCode,
  locals: PatchLocals,
  start: Local<'i32'>,
  target: Local<'i32'>,
  run: number,
): void {
  const from = f.local('i32', 'from');
  const to = f.local('i32', 'runTarget');
  f.set(from, start);
  f.set(to, target);
  const pointers = [
    { local: from, groupBytes: 8 },
    { local: to, groupBytes: 16 },
  ];
  emitChannelGroups(f, run, pointers, (count) => {
    emitPatch(f, code, locals, from, to, count);
  });
}

/** Transforms one patch of `count` (1 .. 8) channels. */
function emitPatch(
  f: FunctionBuilder,
  { shape: { strides, frequencyBytes }, type, center }: InputCode,
  { rowBytes, pixelBytes }: PatchLocals,
  from: Local<'i32'>,
  to: Local<'i32'>,
  count: number,
): void {
  const indices = Array.from({ length: PATCH }, (_, index) => index);
  const value = (row: number, column: number): Local<'v128'> => f.local('v128', `d${row}${column}`);
  const address = f.local('i32', 'address');
  const rowStart = f.local('i32', 'rowStart');
  f.set(rowStart, from);
  for (const row of indices) {
    f.set(address, rowStart);
    for (const column of indices) {
      f.set(value(row, column), loadHalfwords(f, type, address, 0, count, value(row, column)));
      f.increase(address, multiply(pixelBytes, strides[1]));
    }
    f.increase(rowStart, multiply(rowBytes, strides[0]));
  }
  for (const column of indices) emitTransform(f, (row) => value(row, column));
  for (const row of indices) {
    emitTransform(f, (column) => value(row, column));
    // A constant has one frequency: what is subtracted from all inputs is subtracted there.
    if (row === 1 && center !== 0) {
      f.set(value(1, 1), op('i16x8.sub', value(1, 1), op('i16x8.splat', i32(36 * center))));
    }
    for (const column of indices) {
      f.store('v128.store', to, value(row, column), (row * PATCH + column) * frequencyBytes);
    }
  }
}

/** `B' d` of six vectors, in place. */
function emitTransform(f: FunctionBuilder, value: (index: number) => Local<'v128'>): void {
  const [d0, d1, d2, d3, d4, d5] = [0, 1, 2, 3, 4, 5].map(value);
  const plus = (a: Local<'v128'>, b: Local<'v128'>) => op('i16x8.add', a, b);
  const minus = (a: Local<'v128'>, b: Local<'v128'>) => op('i16x8.sub', a, b);
  const times4 = (a: ReturnType<typeof minus>) => op('i16x8.shl', a, i32(2));
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => f.local('v128', name));
  f.set(a, minus(d4, d2));
  f.set(b, minus(d3, d1));
  f.set(c, op('i16x8.sub', d4, times4(d2)));
  f.set(d, op('i16x8.sub', d3, times4(d1)));
  f.set(d5, op('i16x8.sub', minus(d5, d3), times4(b)));
  f.set(d0, op('i16x8.add', times4(minus(d0, d2)), a));
  f.set(b, plus(b, b));
  f.set(d1, plus(c, d));
  f.set(d2, minus(c, d));
  f.set(d3, plus(a, b));
  f.set(d4, minus(a, b));
}
