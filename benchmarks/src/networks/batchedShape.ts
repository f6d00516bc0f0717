/** A shape for several images; for one it stays as it is, so that the rows of a matrix are kept. */
export function batchedShape(shape: readonly number[], batch: number): number[] {
  return batch === 1 ? [...shape] : [batch, ...shape.slice(1)];
}
