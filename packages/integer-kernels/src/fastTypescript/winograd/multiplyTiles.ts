/**
 * Products of two tiles and four output channels at one frequency, summed over the depth. Sums wrap modulo 2^32.
 *
 * @param words all memory; the values of the two tiles are interleaved from word `tiles` on
 * @param weights transformed weights, those of the four channels side by side from `column` on
 * @param depth input channels times parts of the kernel
 * @param sums where the four sums of the first tile go
 * @param nextSums where those of the second tile go
 */
export function multiplyTiles(
  words: Int32Array,
  tiles: number,
  weights: Int16Array,
  column: number,
  depth: number,
  sums: number,
  nextSums: number,
): void {
  let [a0, a1, a2, a3] = [0, 0, 0, 0];
  let [b0, b1, b2, b3] = [0, 0, 0, 0];
  for (const end = tiles + (depth << 1); tiles < end; tiles += 2, column += 4) {
    const a = words[tiles];
    const b = words[tiles + 1];
    const v0 = weights[column];
    const v1 = weights[column + 1];
    const v2 = weights[column + 2];
    const v3 = weights[column + 3];
    a0 = (a0 + Math.imul(a, v0)) | 0;
    a1 = (a1 + Math.imul(a, v1)) | 0;
    a2 = (a2 + Math.imul(a, v2)) | 0;
    a3 = (a3 + Math.imul(a, v3)) | 0;
    b0 = (b0 + Math.imul(b, v0)) | 0;
    b1 = (b1 + Math.imul(b, v1)) | 0;
    b2 = (b2 + Math.imul(b, v2)) | 0;
    b3 = (b3 + Math.imul(b, v3)) | 0;
  }
  words[sums] = a0;
  words[sums + 1] = a1;
  words[sums + 2] = a2;
  words[sums + 3] = a3;
  words[nextSums] = b0;
  words[nextSums + 1] = b1;
  words[nextSums + 2] = b2;
  words[nextSums + 3] = b3;
}
