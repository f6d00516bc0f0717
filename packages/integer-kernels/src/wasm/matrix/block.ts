import {
  add,
  multiply,
  quotient,
  remainder,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import type { Geometry } from '../geometry.js';
import { addCopyPixels, addCopyRows } from './copyRows.js';
import type { CopyCode } from './copyRun.js';
import {
  ENTRY_BYTES,
  tileLists,
  tileListsByteLength,
  TILE_PIXELS,
  type TileList,
  type Walk,
} from './tileLists.js';
import { spanOf, windowRows, type WindowPlace, type Windows } from './windows.js';

/** Output pixels that are computed together, and where their windows read. */
export interface BlockShape {
  readonly windows: Windows;
  readonly output: Geometry;
  readonly walk: Walk;
  /** Rows, or pixels, of the whole output. */
  readonly total: number;
  /** Rows, or pixels, of a block. */
  readonly size: number;
  readonly place: WindowPlace;
  /** How rows are copied to scratch; absent where windows read the input. */
  readonly copy?: CopyCode;
  readonly lists: readonly TileList[];
  /** Scratch: the lists, then the copied rows. */
  readonly rowsOffset: number;
}

/** Bytes of values that a block may read: they must stay in the second cache beside a panel. */
const BLOCK_BYTES = 128 * 1024;
const MAX_BLOCK_PIXELS = 1024;

/** Rows, or pixels, of a block: as many as the cache holds, and all blocks of about the same size. */
export function blockSize(windows: Windows, walk: Walk, place: WindowPlace): number {
  const { batch, rows, columns, strides } = windows;
  if (walk === 'pixels') {
    const fitting = Math.max(1, Math.min(Math.floor(BLOCK_BYTES / place.pixelBytes), MAX_BLOCK_PIXELS) >> 2);
    return evenly(Math.ceil((batch * rows * columns) / TILE_PIXELS), fitting) * TILE_PIXELS;
  }
  const overlap = Math.max(0, windowRows(windows) - strides[0]) * place.rowBytes;
  const fitting = Math.min(
    (BLOCK_BYTES - overlap) / (place.rowBytes * strides[0]),
    Math.ceil(MAX_BLOCK_PIXELS / columns),
  );
  return evenly(batch * rows, Math.max(1, Math.floor(fitting)));
}

/** The largest part, at most `limit`, when a whole is cut into as few about equal parts as there can be. */
function evenly(total: number, limit: number): number {
  return Math.ceil(total / Math.ceil(total / limit));
}

/** Scratch of one block: its tile lists, the rows that it may copy, and slack for vector stores. */
export function blockScratch(
  windows: Windows,
  walk: Walk,
  size: number,
  copied: WindowPlace,
): {
  readonly rowsOffset: number;
  readonly byteLength: number;
} {
  const rowsOffset = tileListsByteLength(walk, windows.columns, size);
  const bytes = walk === 'pixels' ? size * copied.pixelBytes : copiedRows(windows, size) * copied.rowBytes;
  return { rowsOffset, byteLength: rowsOffset + Math.ceil(bytes / 16) * 16 + 16 };
}

/** The most rows of the span that a block of output rows needs: images follow one another without sharing rows. */
function copiedRows(windows: Windows, size: number): number {
  const { rows, strides } = windows;
  const height = windowRows(windows);
  const borders = Math.min(windows.batch - 1, Math.ceil((size - 1) / rows));
  return (size - 1) * strides[0] + height + borders * Math.max(0, height - strides[0]);
}

/** Output pixels of a full block. */
export function blockPixels({ walk, size, windows }: BlockShape): number {
  return walk === 'pixels' ? size : size * windows.columns;
}

/** The lists of a shape. */
export function listsOf(windows: Windows, walk: Walk, size: number): TileList[] {
  const { batch, rows, columns } = windows;
  return tileLists(walk, columns, size, batch * rows * columns);
}

/** Adds the function that copies the rows of a block where they are copied, and lists its tiles. */
export function addPrepareBlock(module: ModuleBuilder, shape: BlockShape): FunctionReference<undefined> {
  const addCopy = shape.walk === 'pixels' ? addCopyPixels : addCopyRows;
  const copyRows = shape.copy && addCopy(module, shape.windows, shape.place, shape.copy);
  const parameters = { input: 'i32', output: 'i32', scratch: 'i32', first: 'i32', count: 'i32' } as const;
  return module.function({ parameters }, (f, { input, output, scratch, first, count }) => {
    const { windows, walk, place } = shape;
    const source = f.local('i32', 'sourceBase');
    f.set(source, copyRows ? add(scratch, shape.rowsOffset) : add(input, place.startBytes));
    if (walk === 'pixels') {
      if (copyRows) f.call(copyRows, input, source, first, count);
      else f.increase(source, multiply(first, place.pixelBytes));
      emitPixelTiles(f, shape, { source, output, scratch, first, count });
      return;
    }
    if (copyRows) {
      const from = f.local('i32', 'spanFrom');
      const last = f.local('i32', 'last');
      f.set(from, spanRow(windows, first));
      f.set(last, add(first, subtract(count, 1)));
      const rows = add(subtract(spanRow(windows, last), from), windowRows(windows));
      f.call(copyRows, input, source, from, rows);
      f.set(source, subtract(source, multiply(from, place.rowBytes)));
    }
    emitRowTiles(f, shape, { source, output, scratch, first, count });
  });
}

/** First row of the window of an output row, where the spans of all images follow one another. */
function spanRow(windows: Windows, row: Value<'i32'>): Value<'i32'> {
  return placeOfRow(windows, row, spanOf(windows).rows, windows.strides[0]);
}

function placeOfRow(
  { batch, rows }: Windows,
  row: Value<'i32'>,
  imageStep: number,
  rowStep: number,
): Value<'i32'> {
  if (batch === 1) return multiply(row, rowStep);
  return add(multiply(quotient(row, rows), imageStep), multiply(remainder(row, rows), rowStep));
}

interface BlockLocals {
  readonly source: Local<'i32'>;
  readonly output: Local<'i32'>;
  readonly scratch: Local<'i32'>;
  readonly first: Local<'i32'>;
  readonly count: Local<'i32'>;
}

function emitRowTiles(
  f: FunctionBuilder,
  shape: BlockShape,
  { source, output, scratch, first, count }: BlockLocals,
): void {
  const { windows, output: result, place, lists } = shape;
  const from = f.local('i32', 'from');
  const to = f.local('i32', 'to');
  const resultRow = result.rowPixels * result.pixelBytes;
  const entries = lists.map(({ offset, pixels }) => {
    const entry = f.local('i32', `entry${pixels}`);
    f.set(entry, add(scratch, offset));
    return entry;
  });
  f.increase(output, result.originPixels * result.pixelBytes);
  f.repeat(f.local('i32', 'rowsLeft'), count, () => {
    f.set(
      from,
      add(source, placeOfRow(windows, first, place.imageBytes, windows.strides[0] * place.rowBytes)),
    );
    f.set(to, add(output, placeOfRow(windows, first, result.imageRows * resultRow, resultRow)));
    lists.forEach((list, index) => {
      f.repeat(f.local('i32', 'tilesLeft'), list.perRow, () => {
        emitEntry(f, shape, entries[index], { from, to }, list.pixels);
      });
    });
    f.increase(first, 1);
  });
}

function emitPixelTiles(
  f: FunctionBuilder,
  shape: BlockShape,
  { source, output, scratch, first, count }: BlockLocals,
): void {
  const to = f.local('i32', 'to');
  const entry = f.local('i32', 'entry');
  f.set(to, add(output, multiply(first, shape.output.pixelBytes)));
  f.set(entry, scratch);
  // The tile of the rest has its list behind the full one: a block that has a rest is the last, and may be shorter.
  f.repeat(f.local('i32', 'tilesLeft'), quotient(count, TILE_PIXELS), () => {
    emitEntry(f, shape, entry, { from: source, to }, TILE_PIXELS);
  });
  const rest = shape.lists.find(({ isRest }) => isRest);
  if (rest === undefined) return;
  f.set(entry, add(scratch, rest.offset));
  emitEntry(f, shape, entry, { from: source, to }, rest.pixels);
}

/** Writes one entry and moves on behind its tile. */
function emitEntry(
  f: FunctionBuilder,
  { windows, output, place }: BlockShape,
  entry: Local<'i32'>,
  { from, to }: { readonly from: Local<'i32'>; readonly to: Local<'i32'> },
  pixels: number,
): void {
  f.store('i32.store', entry, from);
  f.store('i32.store', entry, to, 4);
  f.increase(entry, ENTRY_BYTES);
  f.increase(from, pixels * windows.strides[1] * place.pixelBytes);
  f.increase(to, pixels * output.pixelBytes);
}
