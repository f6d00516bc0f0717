import { FREQUENCIES, PATCH, TAPS, type WinogradShape } from './winogradShape.js';

/**
 * Writes the weights of one group as `[panel block][36 frequencies][panel][depthPairs][8][2]` int16: `G w G'`.
 *
 * The rows of G are scaled to whole numbers. `weights` are `[channel][kernelHeight][kernelWidth][groupChannels]`.
 */
export function writeTransformedWeights(
  target: Int32Array,
  weights: Int16Array,
  shape: WinogradShape,
  kernel: readonly [number, number],
): void {
  const { depthPairs, panelBlock, panels, groupChannels } = shape;
  const length = kernel[0] * kernel[1] * groupChannels;
  const taps = new Int16Array(TAPS * TAPS * depthPairs * 2);
  const pairs = new Int32Array(taps.buffer);
  const panelWords = depthPairs * 8;
  target.fill(0);
  for (let channel = 0; channel * length < weights.length; channel += 1) {
    gatherTaps(taps, weights.subarray(channel * length, (channel + 1) * length), shape, kernel);
    const panel = channel >> 3;
    const inBlock = panel % panelBlock;
    const first = panel - inBlock;
    const start = (first * FREQUENCIES + inBlock) * panelWords + (channel & 7);
    transformChannel(target, start, panelWords * Math.min(panelBlock, panels - first), pairs, depthPairs);
  }
}

/** Sorts the weights of one channel to `[3][3][depth]`, zero beyond the kernel. */
function gatherTaps(
  taps: Int16Array,
  weights: Int16Array,
  { depthPairs, groupChannels, strides, parts }: WinogradShape,
  [kernelHeight, kernelWidth]: readonly [number, number],
): void {
  const positions = parts[1] * strides[0] * strides[1];
  for (let y = 0; y < kernelHeight; y += 1) {
    const row = Math.floor(y / strides[0]);
    for (let x = 0; x < kernelWidth; x += 1) {
      const column = Math.floor(x / strides[1]);
      const tap = (row % TAPS) * TAPS + (column % TAPS);
      const between = (y % strides[0]) * strides[1] + (x % strides[1]);
      const part = Math.floor(row / TAPS) * positions + Math.floor(column / TAPS) * strides[0] * strides[1];
      const source = (y * kernelWidth + x) * groupChannels;
      taps.set(
        weights.subarray(source, source + groupChannels),
        tap * depthPairs * 2 + (part + between) * groupChannels,
      );
    }
  }
}

/**
 * Transforms the taps of one channel, two depths at once.
 *
 * A pair is the sum `even + odd * 2^16`: additions modulo 2^32 transform both. Only when it is stored the low half, which is
 * signed, must not borrow from the high one.
 */
function transformChannel(
  target: Int32Array,
  start: number,
  frequencyWords: number,
  pairs: Int32Array,
  depthPairs: number,
): void {
  const sums = new Int32Array(TAPS * TAPS);
  const columns = new Int32Array(PATCH * TAPS);
  const rows = new Int32Array(FREQUENCIES);
  for (let pair = 0, at = start; pair < depthPairs; pair += 1, at += 8) {
    for (let tap = 0; tap < sums.length; tap += 1) {
      const stored = pairs[tap * depthPairs + pair];
      sums[tap] = (stored & ~0xffff) + ((stored << 16) >> 16);
    }
    for (let x = 0; x < TAPS; x += 1) {
      transform(columns, x, TAPS, sums[x], sums[TAPS + x], sums[2 * TAPS + x]);
    }
    for (let y = 0; y < PATCH; y += 1) {
      const first = y * TAPS;
      transform(rows, y * PATCH, 1, columns[first], columns[first + 1], columns[first + 2]);
    }
    for (let frequency = 0; frequency < FREQUENCIES; frequency += 1) {
      const sum = rows[frequency];
      target[at + frequency * frequencyWords] = sum + ((sum & 0x8000) << 1);
    }
  }
}

/** `G w` of three taps: rows (6 0 0), (-1 -1 -1), (-1 1 -1), (1 2 4), (1 -2 4), (0 0 6). */
function transform(to: Int32Array, at: number, step: number, a: number, b: number, c: number): void {
  const even = (a + c) | 0;
  const scaled = (a + (c << 2)) | 0;
  const odd = b << 1;
  to[at] = 6 * a;
  to[at + step] = -even - b;
  to[at + 2 * step] = b - even;
  to[at + 3 * step] = scaled + odd;
  to[at + 4 * step] = scaled - odd;
  to[at + 5 * step] = 6 * c;
}
