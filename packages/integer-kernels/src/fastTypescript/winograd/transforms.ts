/*
 * Winograd's F(4x4, 3x3) in integers: see docs/arithmetic.md for the matrices B', G and A' and for why they are exact.
 * Each function applies one matrix to rows and then to columns. Sums wrap modulo 2^32.
 */

/** Frequencies of a tile. */
export const FREQUENCIES = 36;
/** Rows and columns of outputs that a tile makes. */
export const TILE = 4;

/** The inverse of 9 modulo 2^32. */
const NINTH = 954437177;

/** Values of a line or of a whole tile between two steps. */
const work = new Int32Array(FREQUENCIES);

/** `B' d B` of 6x6 values; frequencies go to every `frequencyStep`-th word from `target` on. */
export function transformInput(
  patch: Int32Array,
  first: number,
  rowStep: number,
  pixelStep: number,
  words: Int32Array,
  target: number,
  frequencyStep: number,
): void {
  for (let row = 0, at = first; row < FREQUENCIES; row += 6, at += rowStep) {
    inputLine(patch, at, pixelStep, work, row, 1);
  }
  const lineStep = Math.imul(6, frequencyStep);
  for (let column = 0; column < 6; column += 1) {
    inputLine(work, column, 6, words, target, lineStep);
    target += frequencyStep;
  }
}

function inputLine(
  from: Int32Array,
  at: number,
  step: number,
  to: Int32Array,
  target: number,
  targetStep: number,
): void {
  const d0 = from[at];
  const d1 = from[(at += step)];
  const d2 = from[(at += step)];
  const d3 = from[(at += step)];
  const d4 = from[(at += step)];
  const d5 = from[at + step];
  const inner = d4 - (d2 << 2);
  const outer = d3 - (d1 << 2);
  const odd = (d3 - d1) << 1;
  const even = d4 - d2;
  to[target] = (d0 << 2) - d2 + inner;
  to[(target += targetStep)] = inner + outer;
  to[(target += targetStep)] = inner - outer;
  to[(target += targetStep)] = even + odd;
  to[(target += targetStep)] = even - odd;
  to[target + targetStep] = (d1 << 2) - (d3 << 2) - d3 + d5;
}

/** `G w G'` of 3x3 weights, row by row, into 36 values. */
export function transformWeights(weights: Int32Array, to: Int32Array): void {
  for (let row = 0; row < 3; row += 1) weightLine(weights, Math.imul(row, 3), 1, work, row, 3);
  for (let line = 0; line < 6; line += 1) {
    weightLine(work, Math.imul(line, 3), 1, to, line, 6);
  }
}

function weightLine(
  from: Int32Array,
  at: number,
  step: number,
  to: Int32Array,
  target: number,
  targetStep: number,
): void {
  const w0 = from[at];
  const w1 = from[(at += step)];
  const w2 = from[at + step];
  to[target] = Math.imul(w0, 6);
  to[(target += targetStep)] = -w0 - w1 - w2;
  to[(target += targetStep)] = w1 - w0 - w2;
  to[(target += targetStep)] = w0 + (w1 << 1) + (w2 << 2);
  to[(target += targetStep)] = w0 - (w1 << 1) + (w2 << 2);
  to[target + targetStep] = Math.imul(w2, 6);
}

/** `A' m A` of 36 frequencies, every `frequencyStep`-th word from `first` on, without its scale: 4x4 sums, row by row. */
export function transformOutput(
  words: Int32Array,
  first: number,
  frequencyStep: number,
  to: Int32Array,
): void {
  const lineStep = Math.imul(6, frequencyStep);
  for (let column = 0; column < 6; column += 1) {
    outputLine(words, first, lineStep, column, 6);
    first += frequencyStep;
  }
  for (let row = 0; row < TILE; row += 1) scaledLine(Math.imul(row, 6), to, row);
}

/** A column of `A' m`. */
function outputLine(from: Int32Array, at: number, step: number, target: number, targetStep: number): void {
  const m0 = from[at];
  const m1 = from[(at += step)];
  const m2 = from[(at += step)];
  const m3 = from[(at += step)];
  const m4 = from[(at += step)];
  const m5 = from[at + step];
  work[target] = m0 + ((m1 + m2) << 2) + m3 + m4;
  work[(target += targetStep)] = ((m1 - m2) << 1) + m3 - m4;
  work[(target += targetStep)] = m1 + m2 + m3 + m4;
  work[target + targetStep] = m1 - m2 + ((m3 - m4) << 1) + m5;
}

/** A row of `(A' m) A`, whose factors 9 and `2^(k_i + k_j)` are taken away. */
function scaledLine(at: number, to: Int32Array, row: number): void {
  const m0 = work[at];
  const m1 = work[at + 1];
  const m2 = work[at + 2];
  const m3 = work[at + 3];
  const m4 = work[at + 4];
  const m5 = work[at + 5];
  const shift = Math.max(3 - row, 1);
  const target = row << 2;
  to[target] = Math.imul(m0 + ((m1 + m2) << 2) + m3 + m4, NINTH) >> (shift + 3);
  to[target + 1] = Math.imul(((m1 - m2) << 1) + m3 - m4, NINTH) >> (shift + 2);
  to[target + 2] = Math.imul(m1 + m2 + m3 + m4, NINTH) >> (shift + 1);
  to[target + 3] = Math.imul(m1 - m2 + ((m3 - m4) << 1) + m5, NINTH) >> (shift + 1);
}
