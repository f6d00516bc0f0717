import { groupLocals, loadHalfwords, type Group } from '../elements.js';
import { add, i32, i32x4, isBelow, load, op, type FunctionBuilder, type Local } from '../emitter/index.js';
import { interleaveHigh, interleaveLow } from '../interleave.js';
import type { DepthwiseCode, DepthwiseLocals } from './depthwisePlan.js';

/** Accumulates all taps of `count` (1 .. 8) channels, starting from the bias. */
export function emitTaps(
  f: FunctionBuilder,
  code: DepthwiseCode,
  locals: DepthwiseLocals,
  count: number,
  isInside: boolean,
): Group {
  const sum = groupLocals(f, 'sum');
  const first = f.local('v128', 'firstTap');
  const second = f.local('v128', 'secondTap');
  const depth = code.panels.runLength;
  f.set(sum.low, load('v128.load', locals.parameters));
  f.set(sum.high, load('v128.load', locals.parameters, 16));
  for (let pair = 0; 2 * pair < depth; pair += 1) {
    emitTap(f, code, locals, count, isInside, 2 * pair, first);
    if (2 * pair + 1 < depth) emitTap(f, code, locals, count, isInside, 2 * pair + 1, second);
    else f.set(second, i32x4(0));
    accumulate(f, sum.low, interleaveLow(first, second), locals.panel, pair * 32);
    if (count > 4) accumulate(f, sum.high, interleaveHigh(first, second), locals.panel, pair * 32 + 16);
  }
  return sum;
}

function accumulate(
  f: FunctionBuilder,
  sum: Local<'v128'>,
  pairs: ReturnType<typeof i32x4>,
  panel: Local<'i32'>,
  offset: number,
): void {
  f.set(sum, op('i32x4.add', sum, op('i32x4.dot_i16x8_s', pairs, load('v128.load', panel, offset))));
}

/** Loads one tap as int16 lanes, or the padding's value where it lies outside the image. */
function emitTap(
  f: FunctionBuilder,
  code: DepthwiseCode,
  { source, x, y }: DepthwiseLocals,
  count: number,
  isInside: boolean,
  tap: number,
  target: Local<'v128'>,
): void {
  const { input, kernel, dilations, type, paddingValue } = code;
  const row = Math.floor(tap / kernel[1]) * dilations[0];
  const column = (tap % kernel[1]) * dilations[1];
  const offset = (row * input.rowPixels + column) * input.pixelBytes;
  if (isInside) {
    f.set(target, loadHalfwords(f, type, source, offset, count, target));
    return;
  }
  const isTapInside = op('i32.and', isBelow(add(y, row), input.height), isBelow(add(x, column), input.width));
  f.if(
    isTapInside,
    () => {
      // The window may start before the memory: an immediate offset would not wrap.
      const address = f.local('i32', 'tapAddress');
      f.set(address, add(source, offset));
      f.set(target, loadHalfwords(f, type, address, 0, count, target));
    },
    () => {
      f.set(target, op('i16x8.splat', i32(paddingValue)));
    },
  );
}
