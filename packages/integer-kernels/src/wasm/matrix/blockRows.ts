import { TILE_ROWS } from './panelShape.js';

/** Bytes of int16 rows that a block may hold: they must stay in the second cache beside a panel. */
const BLOCK_BYTES = 192 * 1024;
const MAX_BLOCK_ROWS = 256;

/** Rows that are gathered and multiplied at once: a multiple of a tile's rows. */
export function blockRows(rowBytes: number, rows: number): number {
  const fitting = Math.floor(BLOCK_BYTES / rowBytes / TILE_ROWS) * TILE_ROWS;
  const wanted = Math.ceil(rows / TILE_ROWS) * TILE_ROWS;
  return Math.max(TILE_ROWS, Math.min(fitting, wanted, MAX_BLOCK_ROWS));
}
