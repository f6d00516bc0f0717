import { pairsAt, PATCH, TAPS, type WinogradShape } from './winogradShape.js';

/** Channels of a panel. */
const LANES = 8;
const LAST = PATCH - 1;

/**
 * Writes the weights of one group as `[panel block][36 frequencies][panel][pairs][8][2]` int16: `G w G'`.
 *
 * The rows of G are scaled to whole numbers. `weights` are `[channel][kernelHeight][kernelWidth][groupChannels]`. A pair is two
 * products, in the order of the runs; the last row and column of frequencies have those of whole runs alone.
 */
export function writeTransformedWeights(
  target: Int32Array,
  weights: Int16Array,
  shape: WinogradShape,
  kernel: readonly [number, number],
): void {
  const { depthPairs, panelBlock, panels, groupChannels } = shape;
  const length = kernel[0] * kernel[1] * groupChannels;
  const edgePairs = pairsAt(shape, 0, LAST);
  const taps = tapLines(shape, kernel, depthPairs, 'all');
  const edge = tapLines(shape, kernel, edgePairs, 'last');
  for (let panel = 0; panel < panels; panel += 1) {
    for (let lane = 0; lane < LANES; lane += 1) {
      const channel = weights.subarray((panel * LANES + lane) * length).subarray(0, length);
      transformDown(taps, channel, groupChannels, lane);
      transformDown(edge, channel, groupChannels, lane);
    }
    const inBlock = panel % panelBlock;
    const first = panel - inBlock;
    const blockPanels = Math.min(panelBlock, panels - first);
    let start = first * shape.products * 4;
    for (let y = 0; y < PATCH; y += 1) {
      const [pairs, ends] = [pairsAt(shape, y, 0), pairsAt(shape, y, LAST)];
      const row = blockPanels * pairs * LANES;
      const lineStart = (line: TapLines, lane: number): number =>
        (lane * PATCH + y) * line.across * line.pairs;
      // Eight channels share the cache lines that they are written to.
      for (let lane = 0; lane < LANES; lane += 1) {
        const to = { words: target, start: start + inBlock * pairs * LANES + lane, row, step: LANES };
        const from = { words: taps.transformed, start: lineStart(taps, lane), tap: depthPairs };
        transform(to, from, pairs, { rows: LAST, sign: 0x8000 });
      }
      start += LAST * row;
      for (let lane = 0; lane < LANES; lane += 1) {
        const to = start + inBlock * ends * LANES + lane;
        writeLast(target, to, edge.transformed, lineStart(edge, lane), ends);
      }
      start += blockPanels * ends * LANES;
    }
  }
}

/** The taps of a channel, sorted to lines of pairs, and those of eight channels transformed down. */
interface TapLines {
  /** For every position of the kernel the place of its first value among the taps, or -1. */
  readonly places: Int32Array;
  /** Taps across that have lines: 3, or the last alone. */
  readonly across: number;
  readonly pairs: number;
  /** `[3][across][pairs]`: as they are, and as sums `even + odd * 2^16`. */
  readonly taps: Int16Array;
  readonly sums: Int32Array;
  /** `[8][6][across][pairs]`. */
  readonly transformed: Int32Array;
}

function tapLines(
  { runs, wholeRuns, strides, groupChannels }: WinogradShape,
  [height, width]: readonly [number, number],
  pairs: number,
  columns: 'all' | 'last',
): TapLines {
  const across = columns === 'all' ? TAPS : 1;
  const perRow = (columns === 'all' ? runs : wholeRuns)[1];
  const places = Int32Array.from({ length: height * width }, (_, position) => {
    const row = placeOf(Math.floor(position / width), strides[0]);
    const column = placeOf(position % width, strides[1]);
    if (columns === 'last' && column.tap !== TAPS - 1) return -1;
    const line = row.tap * across + (columns === 'all' ? column.tap : 0);
    return line * pairs * 2 + (row.run * perRow + column.run) * groupChannels;
  });
  return {
    places,
    across,
    pairs,
    taps: new Int16Array(TAPS * across * pairs * 2),
    sums: new Int32Array(TAPS * across * pairs),
    transformed: new Int32Array(LANES * PATCH * across * pairs),
  };
}

/** The run that a row or column of the kernel belongs to, and which tap of the run it is. */
function placeOf(position: number, stride: number): { readonly run: number; readonly tap: number } {
  const period = Math.floor(position / (TAPS * stride));
  return { run: period * stride + (position % stride), tap: Math.floor(position / stride) % TAPS };
}

/** Sorts the weights of a channel, all zero where there is none, and transforms them down. */
function transformDown(
  { places, across, pairs, taps, sums, transformed }: TapLines,
  channel: Int16Array,
  groupChannels: number,
  lane: number,
): void {
  if (channel.length === 0) taps.fill(0);
  else {
    places.forEach((place, position) => {
      const start = position * groupChannels;
      if (place >= 0) taps.set(channel.subarray(start, start + groupChannels), place);
    });
  }
  separate(sums, new Int32Array(taps.buffer));
  const line = across * pairs;
  for (let column = 0; column < across; column += 1) {
    const start = column * pairs;
    const to = { words: transformed, start: lane * PATCH * line + start, row: line, step: 1 };
    transform(to, { words: sums, start, tap: line }, pairs, { rows: PATCH, sign: 0 });
  }
}

/** Turns pairs of int16 into sums `even + odd * 2^16`: additions modulo 2^32 transform both. */
function separate(sums: Int32Array, pairs: Int32Array): void {
  for (let i = 0; i < pairs.length; i += 1) sums[i] = (pairs[i] & ~0xffff) + ((pairs[i] << 16) >> 16);
}

/** Three taps of some values. */
interface SourceLines {
  readonly words: Int32Array;
  readonly start: number;
  /** From one tap to the next; values follow one another. */
  readonly tap: number;
}

/** Six frequencies of some values. */
interface TargetLines {
  readonly words: Int32Array;
  readonly start: number;
  /** From one frequency to the next, and from one value. */
  readonly row: number;
  readonly step: number;
}

/**
 * `G w`: rows (6 0 0), (-1 -1 -1), (-1 1 -1), (1 2 4), (1 -2 4), (0 0 6), or all but the last.
 *
 * `sign` is that of the low half, which must not borrow from the high one once it is stored; 0 keeps the sum. One short loop, which
 * engines compile well before the first layer is done.
 */
function transform(
  { words: to, start: at, row, step }: TargetLines,
  { words: from, start, tap }: SourceLines,
  count: number,
  { rows, sign }: { readonly rows: number; readonly sign: number },
): void {
  for (let k = 0; k < count; k += 1) {
    const a = from[start + k];
    const b = from[start + tap + k];
    const c = from[start + 2 * tap + k];
    const even = -a - c;
    const scaled = a + (c << 2);
    const first = at + k * step;
    const [s0, s1, s2] = [(6 * a) | 0, (even - b) | 0, (even + b) | 0];
    const [s3, s4] = [(scaled + (b << 1)) | 0, (scaled - (b << 1)) | 0];
    to[first] = s0 + ((s0 & sign) << 1);
    to[first + row] = s1 + ((s1 & sign) << 1);
    to[first + 2 * row] = s2 + ((s2 & sign) << 1);
    to[first + 3 * row] = s3 + ((s3 & sign) << 1);
    to[first + 4 * row] = s4 + ((s4 & sign) << 1);
    if (rows === PATCH) to[first + LAST * row] = 6 * c;
  }
}

/** The last row of `G w`, of the last taps. */
function writeLast(to: Int32Array, at: number, from: Int32Array, start: number, count: number): void {
  for (let k = 0; k < count; k += 1) {
    const sum = (6 * from[start + k]) | 0;
    to[at + k * LANES] = sum + ((sum & 0x8000) << 1);
  }
}
