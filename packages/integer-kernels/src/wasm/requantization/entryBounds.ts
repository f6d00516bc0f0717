/** Largest magnitude of an accumulator of which nothing is known. */
const UNKNOWN = 2 ** 31;

/** The largest accumulator for each entry of a requantization: entries may be one for all channels, and so may bounds. */
export function entryBounds(bounds: readonly number[] | undefined, entries: number): readonly number[] {
  if (bounds === undefined) return new Array<number>(entries).fill(UNKNOWN);
  if (bounds.length === entries) return bounds;
  return new Array<number>(entries).fill(Math.max(...bounds));
}
