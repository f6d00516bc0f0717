import type { Conv2dOp } from '../../ops/conv2d.js';

/** What the tiling of a convolution depends on. */
type Tiled = Pick<Conv2dOp, 'strides' | 'groups'> & {
  readonly output: Pick<Conv2dOp['output'], 'shape'>;
  readonly weights: Pick<Conv2dOp['weights'], 'shape'>;
};

/** Outputs of a tile along each axis. */
export const TILE = 4;
/** Taps of the kernel that a transform takes along each axis. */
export const TAPS = 3;
/** Inputs of a tile along each axis: `TILE + TAPS - 1`. */
export const PATCH = 6;
/** Products of a tile and a channel. */
export const FREQUENCIES = PATCH * PATCH;

/** Transformed inputs and products of a block must stay in the second cache, beside the weights that stream through it. */
const INPUT_BYTES = 256 * 1024;
const MAX_TILE_BLOCK = 64;
const MAX_PANEL_BLOCK = 8;
/** Pieces of the output channels at least, where there are as many panels: work for several threads. */
const MIN_PANEL_BLOCKS = 4;
/** Weights that do not stay in the second cache while blocks of tiles pass; two blocks are no reason to. */
const LARGE_WEIGHTS = 1 << 19;
const FEW_TILE_BLOCKS = 2;
/** Transformed inputs of all tiles are kept at once up to this size, and up to an eighth of the weights. */
const SHARED_BYTES = 1 << 20;

/** A convolution cut into tiles, in numbers that no memory layout changes. */
export interface WinogradShape {
  readonly tilesDown: number;
  readonly tilesAcross: number;
  /** Tiles of all images. */
  readonly tiles: number;
  readonly groups: number;
  /** Input channels of a group. */
  readonly groupChannels: number;
  readonly strides: readonly [number, number];
  /**
   * Rows, and columns, of the kernel that begin a run of up to 3 taps, each at every stride-th row and column.
   *
   * A product of the transform is a run down times a run across.
   */
  readonly runs: readonly [number, number];
  /** How many of them have all 3 taps: the others are zero at the last frequency, and what is zero is not multiplied. */
  readonly wholeRuns: readonly [number, number];
  /** Rows and columns of the input that a tile is made from. */
  readonly patch: readonly [number, number];
  /** Products of an output at the frequencies before the last ones: all runs of all channels of a group. */
  readonly depth: number;
  readonly depthPairs: number;
  /** Products of a tile and an output channel over all frequencies, where pairs are whole. */
  readonly products: number;
  /** Bytes of the transformed inputs of one tile at one frequency, all groups. */
  readonly rowBytes: number;
  /** Tiles that are transformed and multiplied at once, a multiple of 4. */
  readonly tileBlock: number;
  readonly tileBlocks: number;
  /** Bytes from one frequency of a block of transformed inputs to the next. */
  readonly frequencyBytes: number;
  /** Panels of 8 output channels of a group, and how many are multiplied at once. */
  readonly panels: number;
  readonly panelBlock: number;
  readonly panelBlocks: number;
  /**
   * Whether all tiles are transformed before the first is multiplied.
   *
   * Large weights then come from memory once. Threads pay for it: they read what another one has just written.
   */
  readonly isShared: boolean;
}

/** Cuts a convolution into tiles. */
export function winogradShape({ output, weights, strides, groups }: Tiled): WinogradShape {
  const [batch, height, width] = output.shape;
  const [channels, kernelHeight, kernelWidth, groupChannels] = weights.shape;
  const [tilesDown, tilesAcross] = [Math.ceil(height / TILE), Math.ceil(width / TILE)];
  const tiles = batch * tilesDown * tilesAcross;
  const kernel = [kernelHeight, kernelWidth] as const;
  const runs = [runsOf(kernel[0], strides[0], 1), runsOf(kernel[1], strides[1], 1)] as const;
  const wholeRuns = [runsOf(kernel[0], strides[0], TAPS), runsOf(kernel[1], strides[1], TAPS)] as const;
  const depth = runs[0] * runs[1] * groupChannels;
  const depthPairs = Math.ceil(depth / 2);
  // Vectors are stored whole: behind the last channels there is room for the rest of one.
  const slack = groupChannels % 8 === 0 ? 0 : 7;
  const rowBytes = Math.ceil((groups * depthPairs * 2 + slack) / 8) * 16;
  const limit = Math.max(4, Math.min(MAX_TILE_BLOCK, Math.floor(INPUT_BYTES / FREQUENCIES / rowBytes)));
  const { size: quads, count: tileBlocks } = divide(Math.ceil(tiles / 4), limit >> 2);
  const tileBlock = quads * 4;
  // An odd number of cache lines: the frequencies of a tile must not all fall on one set of a cache.
  const frequencyBytes = (Math.ceil((tileBlock * rowBytes) / 64) | 1) * 64;
  const products = productsOf({ runs, wholeRuns, groupChannels });
  const panels = Math.ceil(channels / groups / 8);
  const { size: panelBlock, count: panelBlocks } = divide(
    panels,
    Math.min(MAX_PANEL_BLOCK, Math.ceil(panels / MIN_PANEL_BLOCKS)),
  );
  return {
    tilesDown,
    tilesAcross,
    tiles,
    groups,
    groupChannels,
    strides,
    runs,
    wholeRuns,
    patch: [patchExtent(kernel[0], strides[0]), patchExtent(kernel[1], strides[1])],
    depth,
    depthPairs,
    products,
    rowBytes,
    tileBlock,
    tileBlocks,
    frequencyBytes,
    panels,
    panelBlock,
    panelBlocks,
    isShared:
      tileBlocks > FEW_TILE_BLOCKS &&
      groups * panels * products * 16 > LARGE_WEIGHTS &&
      tileBlocks * frequencyBytes <= Math.max(SHARED_BYTES / FREQUENCIES, groups * panels * depthPairs * 4),
  };
}

/** Frequencies along an axis at which anything is multiplied. */
export function usedFrequencies({ wholeRuns }: Pick<WinogradShape, 'wholeRuns'>, axis: 0 | 1): number {
  return wholeRuns[axis] === 0 ? PATCH - 1 : PATCH;
}

/** Runs of a kernel that have at least so many taps. They begin at rows `0 .. stride - 1` of every `3 * stride`. */
function runsOf(kernel: number, stride: number, taps: number): number {
  const last = kernel - (taps - 1) * stride;
  const period = TAPS * stride;
  return Math.floor(Math.max(0, last) / period) * stride + Math.min(Math.max(0, last) % period, stride);
}

/** The shape as far as it decides what is multiplied at a frequency. */
type Runs = Pick<WinogradShape, 'runs' | 'wholeRuns' | 'groupChannels'>;

/** Products of a tile and an output channel. */
function productsOf(runs: Runs): number {
  const frequencies = Array.from({ length: FREQUENCIES }, (_, index) => index);
  return frequencies.reduce(
    (sum, index) => sum + 2 * pairsAt(runs, Math.floor(index / PATCH), index % PATCH),
    0,
  );
}

/** Pairs of products of an output at the frequency of a row and a column. */
export function pairsAt({ runs, wholeRuns, groupChannels }: Runs, row: number, column: number): number {
  const down = (row === PATCH - 1 ? wholeRuns : runs)[0];
  const across = (column === PATCH - 1 ? wholeRuns : runs)[1];
  return Math.ceil((down * across * groupChannels) / 2);
}

function patchExtent(kernel: number, stride: number): number {
  return (Math.ceil(kernel / stride / TAPS) * TAPS + PATCH - TAPS) * stride;
}

/** Cuts `total` into equal pieces of at most `limit`. */
function divide(total: number, limit: number): { readonly size: number; readonly count: number } {
  const size = Math.ceil(total / Math.ceil(total / limit));
  return { size, count: Math.ceil(total / size) };
}

/** Bytes of the products of one tile. */
export function productBytes({ panelBlock }: WinogradShape): number {
  return FREQUENCIES * panelBlock * 32;
}

/** Bytes of the transformed inputs of one block of tiles. */
export function inputBlockBytes({ frequencyBytes }: WinogradShape): number {
  return FREQUENCIES * frequencyBytes;
}

/** Bytes of the transformed weights of one panel. */
export function panelWeightBytes({ products }: WinogradShape): number {
  return products * 16;
}
