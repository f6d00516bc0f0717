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
import type { BlockShape } from './blockShape.js';
import { addCopyPixels, addCopyRows } from './copyRows.js';
import { ENTRY_BYTES } from './tileLists.js';
import { spanOf, windowRows, type Windows } from './windows.js';

/** Adds the function that copies the rows of a block where they are copied, and lists its tiles. */
export function addPrepareBlock(module: ModuleBuilder, shape: BlockShape): FunctionReference<undefined> {
  const addCopy = shape.tiles.walk === 'pixels' ? addCopyPixels : addCopyRows;
  const copyRows = shape.copy && addCopy(module, shape.windows, shape.place, shape.copy);
  const parameters = { input: 'i32', output: 'i32', scratch: 'i32', first: 'i32', count: 'i32' } as const;
  return module.function({ parameters }, (f, { input, output, scratch, first, count }) => {
    const {
      windows,
      tiles: { walk },
      place,
    } = shape;
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
  const { full } = shape.tiles;
  f.repeat(f.local('i32', 'tilesLeft'), quotient(count, full), () => {
    emitEntry(f, shape, entry, { from: source, to }, full);
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
