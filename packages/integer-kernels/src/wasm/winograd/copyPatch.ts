import { emitCopyRun } from '../copyRun.js';
import {
  i32,
  isBelow,
  op,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
} from '../emitter/index.js';
import type { Geometry } from '../geometry.js';

/** A rectangle of an image and what stands outside the image. */
export interface PatchCode {
  readonly input: Geometry;
  /** Rows and columns of the rectangle. */
  readonly patch: readonly [number, number];
  readonly paddingValue: number;
}

/** Bytes of a copied patch, and slack for vector stores. */
export function patchByteLength([rows, columns]: readonly [number, number], channels: number): number {
  return rows * columns * channels + 16;
}

/**
 * Adds the function that copies a rectangle which may reach outside the image, densely.
 *
 * `source` is the address that row `y`, column `x` of the image has or would have; outside stands the padding.
 */
export function addCopyPatch(module: ModuleBuilder, code: PatchCode): FunctionReference<undefined> {
  const { input, patch } = code;
  const parameters = { source: 'i32', y: 'i32', x: 'i32', target: 'i32' } as const;
  return module.function({ parameters }, (f, { source, y, x, target }) => {
    const from = f.local('i32', 'from');
    const column = f.local('i32', 'column');
    f.repeat(f.local('i32', 'rowsLeft'), patch[0], () => {
      f.set(from, source);
      f.set(column, x);
      f.repeat(f.local('i32', 'columnsLeft'), patch[1], () => {
        f.if(
          op('i32.and', isBelow(y, input.height), isBelow(column, input.width)),
          () => {
            emitCopyRun(f, from, target, input.channels, 1);
          },
          () => {
            emitFill(f, code, target);
          },
        );
        f.increase(from, input.pixelBytes);
        f.increase(column, 1);
        f.increase(target, input.channels);
      });
      f.increase(source, input.rowPixels * input.pixelBytes);
      f.increase(y, 1);
    });
  });
}

/** Fills one pixel; the vectors may reach into the next, which is written later. */
function emitFill(f: FunctionBuilder, { input, paddingValue }: PatchCode, target: Local<'i32'>): void {
  const to = f.local('i32', 'to');
  f.set(to, target);
  f.repeat(f.local('i32', 'vectorsLeft'), Math.ceil(input.channels / 16), () => {
    f.store('v128.store', to, op('i8x16.splat', i32(paddingValue)));
    f.increase(to, 16);
  });
}
