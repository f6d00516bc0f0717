import { FREQUENCIES, PATCH, TAPS, type WinogradShape } from './winogradShape.js';

/** Channels of a panel. */
const LANES = 8;

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
  const sums = new Int32Array(pairs.length);
  const columns = new Int32Array(LANES * PATCH * TAPS * depthPairs);
  const laneColumns = columns.length / LANES;
  const panelWords = depthPairs * LANES;
  for (let panel = 0; panel < panels; panel += 1) {
    for (let lane = 0; lane < LANES; lane += 1) {
      const channel = weights.subarray((panel * LANES + lane) * length).subarray(0, length);
      // Channels beyond the last are zero.
      if (channel.length === 0) taps.fill(0);
      else gatherTaps(taps, channel, shape, kernel);
      separate(sums, pairs);
      for (let x = 0; x < TAPS; x += 1) {
        const start = x * depthPairs;
        const to = { words: columns, start: lane * laneColumns + start, row: TAPS * depthPairs, step: 1 };
        transform(to, { words: sums, start, tap: TAPS * depthPairs }, depthPairs, 0);
      }
    }
    const inBlock = panel % panelBlock;
    const first = panel - inBlock;
    const row = panelWords * Math.min(panelBlock, panels - first);
    const start = (first * FREQUENCIES + inBlock) * panelWords;
    for (let y = 0; y < PATCH; y += 1) {
      // Eight channels share the cache lines that they are written to.
      for (let lane = 0; lane < LANES; lane += 1) {
        const to = { words: target, start: start + y * PATCH * row + lane, row, step: LANES };
        const from = { words: columns, start: lane * laneColumns + y * TAPS * depthPairs, tap: depthPairs };
        transform(to, from, depthPairs, 0x8000);
      }
    }
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

/** Turns pairs of int16 into sums `even + odd * 2^16`: additions modulo 2^32 transform both. */
function separate(sums: Int32Array, pairs: Int32Array): void {
  for (let i = 0; i < pairs.length; i += 1) sums[i] = (pairs[i] & ~0xffff) + ((pairs[i] << 16) >> 16);
}

/** Three taps of some values. */
interface TapLines {
  readonly words: Int32Array;
  readonly start: number;
  /** From one tap to the next; values follow one another. */
  readonly tap: number;
}

/** Six frequencies of some values. */
interface FrequencyLines {
  readonly words: Int32Array;
  readonly start: number;
  /** From one frequency to the next, and from one value. */
  readonly row: number;
  readonly step: number;
}

/**
 * `G w`: rows (6 0 0), (-1 -1 -1), (-1 1 -1), (1 2 4), (1 -2 4), (0 0 6).
 *
 * `sign` is that of the low half, which must not borrow from the high one once it is stored; 0 keeps the sum. One short loop, which
 * engines compile well before the first layer is done.
 */
function transform(
  { words: to, start: at, row, step }: FrequencyLines,
  { words: from, start, tap }: TapLines,
  count: number,
  sign: number,
): void {
  for (let k = 0; k < count; k += 1) {
    const a = from[start + k];
    const b = from[start + tap + k];
    const c = from[start + 2 * tap + k];
    const even = -a - c;
    const scaled = a + (c << 2);
    const first = at + k * step;
    const [s0, s1, s2] = [(6 * a) | 0, (even - b) | 0, (even + b) | 0];
    const [s3, s4, s5] = [(scaled + (b << 1)) | 0, (scaled - (b << 1)) | 0, (6 * c) | 0];
    to[first] = s0 + ((s0 & sign) << 1);
    to[first + row] = s1 + ((s1 & sign) << 1);
    to[first + 2 * row] = s2 + ((s2 & sign) << 1);
    to[first + 3 * row] = s3 + ((s3 & sign) << 1);
    to[first + 4 * row] = s4 + ((s4 & sign) << 1);
    to[first + 5 * row] = s5 + ((s5 & sign) << 1);
  }
}
