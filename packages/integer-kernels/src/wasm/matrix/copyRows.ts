import {
  add,
  isBelow,
  multiply,
  quotient,
  remainder,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
  type Operand,
} from '../emitter/index.js';
import { emitCopyRun, emitFillPixels, type CopyCode } from './copyRun.js';
import { spanOf, type WindowPlace, type Windows } from './windows.js';

const parameters = { input: 'i32', target: 'i32', first: 'i32', count: 'i32' } as const;

/** Adds the function that copies `count` pixels, of rows that follow one another without gaps. */
export function addCopyPixels(
  module: ModuleBuilder,
  windows: Windows,
  place: WindowPlace,
  copy: CopyCode,
): FunctionReference<undefined> {
  return module.function({ parameters }, (f, { input, target, first, count }) => {
    const { originBytes, pixelBytes } = windows.image;
    f.increase(input, add(multiply(first, pixelBytes), originBytes));
    emitPixels(f, windows, place, copy, input, target, count);
  });
}

/**
 * Adds the function that copies rows of the span of all images, one image behind the other.
 *
 * A row of the span reaches from the first value of the first window to the last value of the last one; where it lies outside
 * the image stands the padding's value.
 */
export function addCopyRows(
  module: ModuleBuilder,
  windows: Windows,
  place: WindowPlace,
  copy: CopyCode,
): FunctionReference<undefined> {
  const {
    image,
    channels,
    reach: { top, left },
  } = windows;
  const span = spanOf(windows);
  const before = Math.min(left, span.columns);
  const inside = Math.max(0, Math.min(image.width, span.columns - before));
  const after = span.columns - before - inside;
  return module.function({ parameters }, (f, { input, target, first, count }) => {
    const y = f.local('i32', 'y');
    const source = f.local('i32', 'source');
    const to = f.local('i32', 'to');
    f.increase(input, image.originBytes);
    f.repeat(f.local('i32', 'rowsLeft'), count, () => {
      f.set(y, subtract(remainder(first, span.rows), top));
      f.if(
        isBelow(y, image.height),
        () => {
          const start = multiply(quotient(first, span.rows), image.imageBytes);
          f.set(source, add(add(input, start), multiply(y, image.rowBytes)));
          f.set(to, target);
          emitFillPixels(f, copy, to, before, channels);
          f.increase(to, before * place.pixelBytes);
          emitPixels(f, windows, place, copy, source, to, inside);
          emitFillPixels(f, copy, to, after, channels);
        },
        () => {
          emitFillPixels(f, copy, target, span.columns, channels);
        },
      );
      f.increase(target, place.rowBytes);
      f.increase(first, 1);
    });
  });
}

/** Copies pixels, and moves the target behind them. */
function emitPixels(
  f: FunctionBuilder,
  { image, channels }: Windows,
  place: WindowPlace,
  copy: CopyCode,
  source: Local<'i32'>,
  target: Local<'i32'>,
  count: Operand,
): void {
  if (typeof count === 'number' && image.pixelBytes === channels && copy.zeroBit === undefined) {
    emitCopyRun(f, copy, source, target, count * channels);
    f.increase(target, count * place.pixelBytes);
    return;
  }
  f.repeat(f.local('i32', 'pixelsLeft'), count, () => {
    emitCopyRun(f, copy, source, target, channels);
    f.increase(source, image.pixelBytes);
    f.increase(target, place.pixelBytes);
  });
}
