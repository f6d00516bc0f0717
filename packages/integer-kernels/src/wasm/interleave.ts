import { shuffle, type Value } from './emitter/index.js';

const LOW_HALVES = [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23];
const HIGH_HALVES = [8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31];

/** Pairs of int16 `[a0, b0, a1, b1, ...]` of lanes 0 .. 3. */
export function interleaveLow(a: Value<'v128'>, b: Value<'v128'>): Value<'v128'> {
  return shuffle(a, b, LOW_HALVES);
}

/** Pairs of int16 `[a4, b4, a5, b5, ...]` of lanes 4 .. 7. */
export function interleaveHigh(a: Value<'v128'>, b: Value<'v128'>): Value<'v128'> {
  return shuffle(a, b, HIGH_HALVES);
}

const LOW_BYTES = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23];

/** Pairs of bytes `[a0, b0, a1, b1, ...]` of lanes 0 .. 7. */
export function interleaveBytes(a: Value<'v128'>, b: Value<'v128'>): Value<'v128'> {
  return shuffle(a, b, LOW_BYTES);
}
