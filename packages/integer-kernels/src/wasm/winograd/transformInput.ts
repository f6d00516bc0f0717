import { emitChannelGroups } from '../channelGroups.js';
import {
  add,
  i32,
  isBelow,
  multiply,
  op,
  quotient,
  remainder,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import type { Geometry } from '../geometry.js';
import { addCopyPatch } from './copyPatch.js';
import { tilePosition, type TilePosition } from './tilePosition.js';
import { emitTransformPatch, type PatchLocals, type TransformCode } from './transformPatch.js';
import { inputBlockBytes, TAPS, TILE, type WinogradShape } from './winogradShape.js';

/** What the transform of the inputs depends on. */
export interface InputCode {
  readonly input: Geometry;
  readonly transform: TransformCode;
  /** Pixels of padding above and left of the image. */
  readonly before: readonly [number, number];
  readonly paddingValue: number;
  /** Pixels of halo above and left of the image. */
  readonly halo: readonly [number, number];
}

/**
 * Adds the function that transforms the patches of tiles `first .. end - 1` of all images.
 *
 * `target` is where tile 0 stands or would stand: `[tile block][36 frequencies][tile][depth]`. Patches that are not in memory
 * as they are wanted are put together in `patch`.
 */
export function addTransformInput(
  module: ModuleBuilder,
  shape: WinogradShape,
  code: InputCode,
): FunctionReference<undefined> {
  const { input, before } = code;
  const copy = reachesOutside(shape, code)
    ? addCopyPatch(module, { ...code, patch: shape.patch })
    : undefined;
  const step = [TILE * shape.strides[0], TILE * shape.strides[1]] as const;
  const parameters = { input: 'i32', target: 'i32', patch: 'i32', first: 'i32', end: 'i32' } as const;
  return module.function({ parameters }, (f, from) => {
    const [tile, rowBytes, pixelBytes, target] = ['tile', 'rowBytes', 'pixelBytes', 'rowTarget'].map((name) =>
      f.local('i32', name),
    );
    f.range(tile, from.first, from.end, 1, () => {
      const position = tilePosition(f, shape, input, from.input, tile, step, before);
      const source = position.address;
      f.set(rowBytes, i32(input.rowPixels * input.pixelBytes));
      f.set(pixelBytes, i32(input.pixelBytes));
      if (copy !== undefined) {
        f.if(op('i32.eqz', isStored(shape, code, position)), () => {
          f.call(copy, source, position.y, position.x, from.patch);
          f.set(source, from.patch);
          f.set(rowBytes, i32(shape.patch[1] * input.channels));
          f.set(pixelBytes, i32(input.channels));
        });
      }
      const block = multiply(quotient(tile, shape.tileBlock), inputBlockBytes(shape));
      const row = multiply(remainder(tile, shape.tileBlock), shape.rowBytes);
      f.set(target, add(from.target, add(block, row)));
      emitParts(f, shape, code, { source, rowBytes, pixelBytes }, target);
    });
  });
}

/** Whether any tile reaches outside what is stored. */
function reachesOutside(
  { strides, patch, tilesDown, tilesAcross }: WinogradShape,
  { input: { imageRows, rowPixels }, before, halo }: InputCode,
): boolean {
  const isOutside = (axis: 0 | 1, tiles: number, stored: number): boolean => {
    const first = halo[axis] - before[axis];
    return first < 0 || first + (tiles - 1) * TILE * strides[axis] + patch[axis] > stored;
  };
  return isOutside(0, tilesDown, imageRows) || isOutside(1, tilesAcross, rowPixels);
}

/** Whether a patch lies in the image and its halo, as code. */
function isStored(
  { patch }: WinogradShape,
  { input: { imageRows, rowPixels }, halo }: InputCode,
  { y, x }: TilePosition,
): Value<'i32'> {
  const fits = (position: Local<'i32'>, axis: 0 | 1, stored: number) =>
    isBelow(add(position, halo[axis]), Math.max(0, stored - patch[axis] + 1));
  return op('i32.and', fits(y, 0, imageRows), fits(x, 1, rowPixels));
}

/** All channels of a patch, in the order of the transformed weights: group, part, row and column between strides. */
function emitParts(
  f: FunctionBuilder,
  { groups, groupChannels, parts, strides, depthPairs }: WinogradShape,
  { input, transform }: InputCode,
  { source, rowBytes, pixelBytes }: PatchLocals,
  target: Local<'i32'>,
): void {
  // Columns between strides follow one another in memory where no channel stands between them.
  const isJoined = groups === 1 && input.pixelBytes === groupChannels;
  const run = isJoined ? strides[1] * groupChannels : groupChannels;
  const [to, from, runTarget] = ['to', 'from', 'runTarget'].map((name) => f.local('i32', name));
  const pointers = [
    { local: from, groupBytes: 8 },
    { local: runTarget, groupBytes: 16 },
  ];
  /** Runs the body `count` times, from `start` on in steps of so many bytes. */
  const walk = (
    name: string,
    count: number,
    start: Local<'i32'>,
    step: Value<'i32'>,
    body: (at: Local<'i32'>) => void,
  ): void => {
    const at = f.local('i32', name);
    f.set(at, start);
    f.repeat(f.local('i32', `${name}Left`), count, () => {
      body(at);
      f.increase(at, step);
    });
  };
  walk('group', groups, source, i32(groupChannels), (group) => {
    f.set(to, target);
    walk('partRow', parts[0], group, multiply(rowBytes, TAPS * strides[0]), (partRow) => {
      walk('part', parts[1], partRow, multiply(pixelBytes, TAPS * strides[1]), (part) => {
        walk('row', strides[0], part, rowBytes, (row) => {
          walk('column', isJoined ? 1 : strides[1], row, pixelBytes, (column) => {
            f.set(from, column);
            f.set(runTarget, to);
            emitChannelGroups(f, run, pointers, (count) => {
              emitTransformPatch(f, transform, { source: from, rowBytes, pixelBytes }, runTarget, count);
            });
            f.increase(to, run * 2);
          });
        });
      });
    });
    f.increase(target, depthPairs * 4);
  });
}
