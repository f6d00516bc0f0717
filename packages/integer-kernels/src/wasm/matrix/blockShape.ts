import type { Geometry } from '../geometry.js';
import type { CopyCode } from './copyRun.js';
import { tileListsByteLength, type TileList, type TileShape, type Walk } from './tileLists.js';
import { windowRows, type WindowPlace, type Windows } from './windows.js';

/** Output pixels that are computed together, and where their windows read. */
export interface BlockShape {
  readonly windows: Windows;
  readonly output: Geometry;
  readonly tiles: TileShape;
  readonly lists: readonly TileList[];
  readonly place: WindowPlace;
  /** How rows are copied to scratch; absent where windows read the input. */
  readonly copy?: CopyCode;
  /** Scratch: the lists, then the sums of one tile, then the copied rows. */
  readonly sumsOffset: number;
  readonly rowsOffset: number;
}

/** Bytes of values that a block may read: they must stay in the second cache beside a panel. */
const BLOCK_BYTES = 128 * 1024;
const MAX_BLOCK_PIXELS = 1024;

/** The tiles of a block: as many rows, or pixels, as the cache holds, and all blocks of about the same size. */
export function blockTiles(windows: Windows, walk: Walk, full: number, place: WindowPlace): TileShape {
  const { batch, rows, columns, strides } = windows;
  if (walk === 'pixels') {
    const total = batch * rows * columns;
    const fitting = Math.floor(Math.min(BLOCK_BYTES / place.pixelBytes, MAX_BLOCK_PIXELS) / full);
    const size = evenly(Math.ceil(total / full), Math.max(1, fitting)) * full;
    return { walk, full, columns, size, total };
  }
  const overlap = Math.max(0, windowRows(windows) - strides[0]) * place.rowBytes;
  const fitting = Math.min(
    (BLOCK_BYTES - overlap) / (place.rowBytes * strides[0]),
    Math.ceil(MAX_BLOCK_PIXELS / columns),
  );
  const total = batch * rows;
  return { walk, full, columns, size: evenly(total, Math.max(1, Math.floor(fitting))), total };
}

/** The largest part, at most `limit`, when a whole is cut into as few about equal parts as there can be. */
function evenly(total: number, limit: number): number {
  return Math.ceil(total / Math.ceil(total / limit));
}

/** Memory for the sums of the largest tile. */
const SUMS_BYTES = 4 * 16 * 4;

/** Scratch of one block: its tile lists, sums, the rows that it may copy, and slack for vector stores. */
export function blockScratch(
  windows: Windows,
  tiles: TileShape,
  copied: WindowPlace,
): Pick<BlockShape, 'sumsOffset' | 'rowsOffset'> & { readonly byteLength: number } {
  const { walk, size } = tiles;
  const sumsOffset = tileListsByteLength(tiles);
  const rowsOffset = sumsOffset + SUMS_BYTES;
  const bytes = walk === 'pixels' ? size * copied.pixelBytes : copiedRows(windows, size) * copied.rowBytes;
  return { sumsOffset, rowsOffset, byteLength: rowsOffset + Math.ceil(bytes / 16) * 16 + 16 };
}

/** The most rows of the span that a block of output rows needs: images follow one another without sharing rows. */
function copiedRows(windows: Windows, size: number): number {
  const { rows, strides } = windows;
  const height = windowRows(windows);
  const borders = Math.min(windows.batch - 1, Math.ceil((size - 1) / rows));
  return (size - 1) * strides[0] + height + borders * Math.max(0, height - strides[0]);
}

/** Output pixels of a full block. */
export function blockPixels({ tiles: { walk, size, columns } }: BlockShape): number {
  return walk === 'pixels' ? size : size * columns;
}
