import type { PairShape } from './pairProduct.js';

/** Writes one column into its panel of four, whose memory holds zeros. */
export function packColumn(
  words: Int32Array,
  start: number,
  { length, pairs }: PairShape,
  column: number,
  values: Int32Array,
): void {
  let next = start + Math.imul(column >> 2, pairs << 2) + (column & 3);
  const whole = length & ~1;
  for (let k = 0; k < whole; k += 2) {
    words[next] = values[k + 1] + (values[k] << 16);
    next += 4;
  }
  if (whole < length) words[next] = values[whole] << 16;
}
