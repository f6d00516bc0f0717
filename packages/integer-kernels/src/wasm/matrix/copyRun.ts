import { emitCopyBits, emitFillBits } from './copyBits.js';
import { i32, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';

/** How stored bytes are copied: as they are, widened to int16, or as bits. */
export interface CopyCode {
  readonly type: 'int8' | 'uint8';
  /** Bytes of a copied value. */
  readonly valueBytes: 1 | 2 | 0.125;
  /** The value that is bit 0, where bits are copied. */
  readonly zeroBit?: number;
  /** Subtracted from every widened value; 0 where it is folded into the bias. */
  readonly zeroPoint: number;
  /** Whether up to seven bytes behind a run may be read. */
  readonly mayOverread: boolean;
  /** Stands outside the image. */
  readonly paddingValue: number;
}

const UNROLLED_VECTORS = 8;

/**
 * Copies `count` values from `source` to `target`; the two locals are left as they were.
 *
 * May write up to 15 bytes behind the run: runs are written in ascending order, with slack behind the last.
 */
export function emitCopyRun(
  f: FunctionBuilder,
  code: CopyCode,
  source: Local<'i32'>,
  target: Local<'i32'>,
  count: number,
): void {
  if (code.zeroBit !== undefined) {
    emitCopyBits(f, code.zeroBit, source, target, count);
    return;
  }
  if (code.valueBytes === 1) {
    if (count > 0) f.copy(target, source, i32(count));
    return;
  }
  const vectors = code.mayOverread ? Math.ceil(count / 8) : Math.floor(count / 8);
  const from = f.local('i32', 'runSource');
  const to = f.local('i32', 'runTarget');
  f.set(from, source);
  f.set(to, target);
  const rounds = vectors > UNROLLED_VECTORS ? Math.floor(vectors / 4) : 0;
  f.repeat(f.local('i32', 'runRounds'), rounds, () => {
    for (let index = 0; index < 4; index += 1) emitWidenVector(f, code, from, to, index);
    f.increase(from, 32);
    f.increase(to, 64);
  });
  const left = vectors - rounds * 4;
  for (let index = 0; index < left; index += 1) emitWidenVector(f, code, from, to, index);
  if (code.mayOverread) return;
  const name = code.type === 'int8' ? 'i32.load8_s' : 'i32.load8_u';
  for (let index = left * 8; index < left * 8 + (count % 8); index += 1) {
    const value = op('i32.sub', load(name, from, index), i32(code.zeroPoint));
    f.store('i32.store16', to, value, index * 2);
  }
}

/** Fills pixels at `target` with the padding's value; may write up to 15 bytes behind them. */
export function emitFillPixels(
  f: FunctionBuilder,
  code: CopyCode,
  target: Local<'i32'>,
  pixels: number,
  channels: number,
): void {
  if (code.zeroBit !== undefined) {
    emitFillBits(f, code.paddingValue !== code.zeroBit, target, pixels, channels);
    return;
  }
  const vectors = Math.ceil((pixels * channels * code.valueBytes) / 16);
  const to = f.local('i32', 'runTarget');
  const splat = op(code.valueBytes === 2 ? 'i16x8.splat' : 'i8x16.splat', i32(code.paddingValue));
  f.set(to, target);
  const rounds = vectors > UNROLLED_VECTORS ? vectors : 0;
  f.repeat(f.local('i32', 'runRounds'), rounds, () => {
    f.store('v128.store', to, splat);
    f.increase(to, 16);
  });
  for (let index = rounds; index < vectors; index += 1) f.store('v128.store', to, splat, index * 16);
}

function emitWidenVector(
  f: FunctionBuilder,
  { type, zeroPoint }: CopyCode,
  source: Value<'i32'>,
  target: Value<'i32'>,
  index: number,
): void {
  const value = load(type === 'int8' ? 'v128.load8x8_s' : 'v128.load8x8_u', source, index * 8);
  const shifted = zeroPoint === 0 ? value : op('i16x8.sub', value, op('i16x8.splat', i32(zeroPoint)));
  f.store('v128.store', target, shifted, index * 16);
}
