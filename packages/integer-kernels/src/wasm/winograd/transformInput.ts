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
      emitRuns(f, shape, code, { source, rowBytes, pixelBytes }, target);
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

/**
 * All channels of a patch, in the order of the transformed weights: group, run down, run across.
 *
 * In the last column whole runs follow one another; others are written as well, where the next whole one goes or behind the last.
 */
function emitRuns(
  f: FunctionBuilder,
  { groups, groupChannels, runs: [down, across], wholeRuns, strides, depthPairs }: WinogradShape,
  { input, transform }: InputCode,
  { source, rowBytes, pixelBytes }: PatchLocals,
  target: Local<'i32'>,
): void {
  // Columns between strides follow one another in memory where no channel stands between them.
  const isJoined = groups === 1 && input.pixelBytes === groupChannels && across <= strides[1];
  const runChannels = isJoined ? across * groupChannels : groupChannels;
  const names = ['from', 'inner', 'last', 'innerStart', 'lastStart', 'rowSource', 'runDown', 'runAcross'];
  const [from, inner, last, innerStart, lastStart, rowSource, runDown, runAcross] = names.map((name) =>
    f.local('i32', name),
  );
  const isUniform = wholeRuns[1] === across;
  const targets = { inner, last: isUniform ? inner : last };
  const pointers = [
    { local: from, groupBytes: 8 },
    { local: inner, groupBytes: 16 },
    ...(isUniform ? [] : [{ local: last, groupBytes: 16 }]),
  ];
  const emitGroup = (): void => {
    f.range(runDown, 0, down, 1, () => {
      f.set(rowSource, add(source, multiply(rowBytes, firstTap(runDown, down, strides[0]))));
      f.set(innerStart, add(target, multiply(runDown, across * groupChannels * 2)));
      f.set(lastStart, add(target, multiply(runDown, wholeRuns[1] * groupChannels * 2)));
      f.range(runAcross, 0, isJoined ? 1 : across, 1, () => {
        f.set(from, add(rowSource, multiply(pixelBytes, firstTap(runAcross, across, strides[1]))));
        f.set(inner, innerStart);
        f.set(last, lastStart);
        emitChannelGroups(f, runChannels, pointers, (count) => {
          emitTransformPatch(f, transform, { source: from, rowBytes, pixelBytes }, targets, count);
        });
        f.increase(innerStart, runChannels * 2);
        f.increase(lastStart, runChannels * 2);
      });
    });
  };
  f.repeat(f.local('i32', 'setsLeft'), groups, () => {
    emitGroup();
    f.increase(source, groupChannels);
    f.increase(target, depthPairs * 4);
  });
}

/** The row or column of a patch where a run begins. */
function firstTap(run: Local<'i32'>, runs: number, stride: number): Value<'i32'> {
  if (runs <= stride) return run;
  return add(run, multiply(quotient(run, stride), (TAPS - 1) * stride));
}
