import type { ImagePool } from './imagePool.js';
import { pickImages } from './splitPool.js';

/** Images in an order in which each may come several times. */
export interface ImageSequence {
  readonly pool: ImagePool;
  /** Positions in the pool; null where they are all of its images as they stand. */
  readonly rows: Int32Array | null;
}

/** How many images a sequence shows. */
export function lengthOf({ pool, rows }: ImageSequence): number {
  return rows?.length ?? pool.count;
}

/** The first images of a sequence, with a pool that has no others, and each of them once. */
export function headOf(sequence: ImageSequence, length = lengthOf(sequence)): ImageSequence {
  const { pool } = sequence;
  const isWhole = length >= lengthOf(sequence);
  if (sequence.rows === null && isWhole) return sequence;
  const rows = (sequence.rows ?? Int32Array.from({ length }, (_, i) => i)).subarray(0, length);
  const used = new Set(rows);
  if (used.size === pool.count) return { pool, rows };
  const kept = Int32Array.from(used).sort();
  const place = new Map(Array.from(kept, (row, at) => [row, at]));
  return { pool: pickImages(pool, kept), rows: rows.map((row) => place.get(row) as number) };
}
