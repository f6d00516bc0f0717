/** All index tuples of a shape, in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  let tuples: number[][] = [[]];
  for (const size of shape) {
    tuples = tuples.flatMap((tuple) => Array.from({ length: size }, (_, i) => [...tuple, i]));
  }
  return tuples;
}

/** Dense values that are asked for by index tuple; undefined outside the shape. */
export function grid(shape: readonly number[], values: ArrayLike<number | bigint>) {
  return (...index: number[]): bigint | undefined => {
    let position = 0;
    for (const [axis, i] of index.entries()) {
      if (i < 0 || i >= shape[axis]) return undefined;
      position = position * shape[axis] + i;
    }
    return BigInt(values[position]);
  };
}

/** The value, where an index cannot lie outside. */
export function inside(value: bigint | undefined): bigint {
  if (value === undefined) throw new RangeError('the oracle read outside a tensor');
  return value;
}
