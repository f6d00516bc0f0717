import type { PairShape } from './pairProduct.js';

/** Writes a row as words of two values, each `step` words after the last; returns the sum of the values. */
export function packRow(
  words: Int32Array,
  start: number,
  { length, pairs }: PairShape,
  values: Int32Array,
  step: number,
): number {
  let sum = 0;
  let next = start;
  const whole = length & ~1;
  for (let i = 0; i < whole; i += 2) {
    const first = values[i];
    const second = values[i + 1];
    words[next] = first + (second << 16);
    sum = (sum + first + second) | 0;
    next += step;
  }
  if (whole < length) {
    words[next] = values[whole];
    sum = (sum + values[whole]) | 0;
    next += step;
  }
  for (const end = start + Math.imul(pairs, step); next < end; next += step) words[next] = 0;
  return sum;
}
