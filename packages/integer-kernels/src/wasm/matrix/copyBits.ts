import { loadBytes } from '../elements.js';
import { i32, op, type FunctionBuilder, type Local } from '../emitter/index.js';

/** Values whose bits are taken at once. */
const CHUNK = 16;
const UNROLLED_CHUNKS = 8;

/** Bytes of the bits of a pixel: whole words. */
export function bitPixelBytes(channels: number): number {
  return Math.ceil(channels / 32) * 4;
}

/** Writes the bits of the values of a pixel, `value - zeroBit`, zero beyond the last. The two locals are left as they were. */
export function emitCopyBits(
  f: FunctionBuilder,
  zeroBit: number,
  source: Local<'i32'>,
  target: Local<'i32'>,
  channels: number,
): void {
  const from = f.local('i32', 'bitsSource');
  const to = f.local('i32', 'bitsTarget');
  const values = f.local('v128', 'bitsValues');
  const emitChunk = (index: number, count: number): void => {
    loadBytes(f, from, index * CHUNK, values, count);
    if (zeroBit !== 0) f.set(values, op('i8x16.sub', values, op('i8x16.splat', i32(zeroBit))));
    const bits = op('i8x16.bitmask', op('i8x16.shl', values, i32(7)));
    const ofChunk = count === CHUNK ? bits : op('i32.and', bits, i32(2 ** count - 1));
    // Two chunks a word; the first clears all of it.
    f.store(index % 2 === 0 ? 'i32.store' : 'i32.store16', to, ofChunk, index * 2);
  };
  f.set(from, source);
  f.set(to, target);
  const chunks = Math.floor(channels / CHUNK);
  const rounds = chunks > UNROLLED_CHUNKS ? Math.floor(chunks / 2) : 0;
  f.repeat(f.local('i32', 'bitsRounds'), rounds, () => {
    emitChunk(0, CHUNK);
    emitChunk(1, CHUNK);
    f.increase(from, 2 * CHUNK);
    f.increase(to, 4);
  });
  const left = channels - 2 * rounds * CHUNK;
  for (let index = 0; index * CHUNK < left; index += 1) {
    emitChunk(index, Math.min(CHUNK, left - index * CHUNK));
  }
}

/** Writes the bits of pixels whose values are all alike. */
export function emitFillBits(
  f: FunctionBuilder,
  isSet: boolean,
  target: Local<'i32'>,
  pixels: number,
  channels: number,
): void {
  const to = f.local('i32', 'bitsTarget');
  f.set(to, target);
  f.repeat(f.local('i32', 'bitsPixels'), pixels, () => {
    for (let channel = 0; channel < channels; channel += 32) {
      const bits = isSet ? 2 ** Math.min(32, channels - channel) - 1 : 0;
      f.store('i32.store', to, i32(bits | 0), channel / 8);
    }
    f.increase(to, bitPixelBytes(channels));
  });
}
