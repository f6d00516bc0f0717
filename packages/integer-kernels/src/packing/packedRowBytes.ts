/** Bytes of one packed row: `ceil(rowLength * bits / 8)`. Exact up to 2^31 weights a row. */
export function packedRowBytes(rowLength: number, bits: number): number {
  return Math.ceil((rowLength * bits) / 8);
}

/** Weights of one output channel: the product of all axes but the first. */
export function weightRowLength(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}
