import { i32, multiply, op, quotient, remainder, type Value } from '../emitter/index.js';

/** Bytes of an entry: the addresses of the first window and the first output pixel of a tile. */
export const ENTRY_BYTES = 8;

/** Tiles of one size that a block is cut into. Tiles lie within a row. */
export interface TileList {
  /** Pixels of a tile. */
  readonly pixels: number;
  /** Tiles of a row; where `isRest`, the pixels that are left behind the last full tile make one more. */
  readonly perRow: number;
  /** Bytes from the start of the lists. */
  readonly offset: number;
  readonly isRest: boolean;
}

/** How the pixels of a block are walked: output rows of equal width, or one long row that may end anywhere. */
export type Walk = 'rows' | 'pixels';

/** What the tiles of a block depend on. */
export interface TileShape {
  readonly walk: Walk;
  /** Pixels of a full tile. */
  readonly full: number;
  /** Pixels of a row. */
  readonly columns: number;
  /** Rows, or pixels, of a block; pixels are a multiple of a full tile. */
  readonly size: number;
  /** Rows, or pixels, of the whole. */
  readonly total: number;
}

/** The lists of a block. */
export function tileLists({ walk, full, columns, size, total }: TileShape): TileList[] {
  const sizes =
    walk === 'rows' ? tilesOfRow(columns, full) : [{ pixels: full, count: Math.floor(size / full) }];
  let offset = 0;
  const lists = sizes.map(({ pixels, count }): TileList => {
    const list = { pixels, perRow: count, offset, isRest: false };
    offset += count * (walk === 'rows' ? size : 1) * ENTRY_BYTES;
    return list;
  });
  const rest = total % full;
  if (walk === 'pixels' && rest > 0) lists.push({ pixels: rest, perRow: 1, offset, isRest: true });
  return lists;
}

/** Bytes of all lists. */
export function tileListsByteLength({ walk, full, columns, size }: Omit<TileShape, 'total'>): number {
  const tiles =
    walk === 'rows'
      ? tilesOfRow(columns, full).reduce((sum, { count }) => sum + count, 0) * size
      : Math.ceil(size / full) + 1;
  return Math.ceil((tiles * ENTRY_BYTES) / 16) * 16;
}

/** Tiles of a list that a block of `count` rows, or pixels, has. */
export function tileCount(
  { walk, full }: TileShape,
  { perRow, isRest }: TileList,
  count: Value<'i32'>,
): Value<'i32'> {
  if (walk === 'rows') return multiply(count, perRow);
  return isRest ? op('i32.ne', remainder(count, full), i32(0)) : quotient(count, full);
}

/** Sizes that sum up to a row: full tiles and some that are one pixel smaller, rather than one that is much smaller. */
export function tilesOfRow(
  columns: number,
  full: number,
): { readonly pixels: number; readonly count: number }[] {
  if (columns < full) return [{ pixels: columns, count: 1 }];
  const smaller = (full - (columns % full)) % full;
  const count = (columns - (full - 1) * smaller) / full;
  if (count < 0) return [...tilesOfRow(full - 1, full), ...tilesOfRow(columns - full + 1, full)];
  const sizes = [
    { pixels: full, count },
    { pixels: full - 1, count: smaller },
  ];
  return sizes.filter((size) => size.count > 0);
}
