/** `start .. end - 1`. */
export function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}

/** Cuts images `0 .. count - 1` into chunks, in order. */
export function* chunksOf(
  count: number,
  chunkSize: number,
): Generator<{ readonly start: number; readonly end: number }> {
  for (let start = 0; start < count; start += chunkSize)
    yield { start, end: Math.min(count, start + chunkSize) };
}

/** The rows of some images, as floats. */
export function gatherRows(
  source: Float32Array | Uint8Array | Int8Array | Int32Array,
  indices: ArrayLike<number>,
  rowLength: number,
): Float32Array {
  const rows = new Float32Array(indices.length * rowLength);
  for (let row = 0; row < indices.length; row += 1) {
    const start = indices[row] * rowLength;
    rows.set(source.subarray(start, start + rowLength), row * rowLength);
  }
  return rows;
}
