import { i32, multiply, op, type Value } from '../emitter/index.js';

/** Pixels of a full tile. */
export const TILE_PIXELS = 4;

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

/** The lists of a block of at most `blockRows` rows, or pixels, of a whole of `total`. */
export function tileLists(walk: Walk, columns: number, blockRows: number, total: number): TileList[] {
  const sizes =
    walk === 'rows'
      ? tilesOfRow(columns)
      : [{ pixels: TILE_PIXELS, count: Math.floor(blockRows / TILE_PIXELS) }];
  let offset = 0;
  const lists = sizes.map(({ pixels, count }): TileList => {
    const list = { pixels, perRow: count, offset, isRest: false };
    offset += count * (walk === 'rows' ? blockRows : 1) * ENTRY_BYTES;
    return list;
  });
  const rest = total % TILE_PIXELS;
  if (walk === 'pixels' && rest > 0) lists.push({ pixels: rest, perRow: 1, offset, isRest: true });
  return lists.filter(({ perRow }) => perRow > 0);
}

/** Bytes of all lists. */
export function tileListsByteLength(walk: Walk, columns: number, blockRows: number): number {
  const tiles =
    walk === 'rows'
      ? tilesOfRow(columns).reduce((sum, { count }) => sum + count, 0) * blockRows
      : blockRows / TILE_PIXELS + 1;
  return Math.ceil((tiles * ENTRY_BYTES) / 16) * 16;
}

/** Tiles of a list that a block of `count` rows, or pixels, has. */
export function tileCount(walk: Walk, { perRow, isRest }: TileList, count: Value<'i32'>): Value<'i32'> {
  if (walk === 'rows') return multiply(count, perRow);
  return isRest
    ? op('i32.ne', op('i32.and', count, i32(TILE_PIXELS - 1)), i32(0))
    : op('i32.shr_u', count, i32(2));
}

/** Sizes that sum up to a row: fours and threes, since smaller tiles are slow and larger ones need too many registers. */
export function tilesOfRow(columns: number): { readonly pixels: number; readonly count: number }[] {
  if (columns < 3) return [{ pixels: columns, count: 1 }];
  if (columns === 5) return [...tilesOfRow(3), ...tilesOfRow(2)];
  const threes = (4 - (columns % 4)) % 4;
  const sizes = [
    { pixels: 4, count: (columns - 3 * threes) / 4 },
    { pixels: 3, count: threes },
  ];
  return sizes.filter(({ count }) => count > 0);
}
