/** A tensor of floats. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Tensors by the names that their file gives them. */
export type NamedWeights = ReadonlyMap<string, FloatTensor>;

/** Elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
