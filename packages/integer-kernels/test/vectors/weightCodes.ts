import type { WeightFormat, Weights } from '../../src/index.js';
import { packCodes } from '../../src/index.js';

/** Reads `count` codes of `bits` bits that follow one another from the low bits up, without gaps. */
export function readCodes(bytes: ArrayLike<number>, bits: number, count: number): number[] {
  const perByte = 8 / bits;
  return Array.from({ length: count }, (_, index) => {
    const byte = bytes[Math.floor(index / perByte)];
    return (byte >> ((index % perByte) * bits)) & ((1 << bits) - 1);
  });
}

/** Weights of stored integers; negative ones become their two's complement code. */
export function weightsOf(
  values: readonly number[],
  shape: readonly number[],
  format: WeightFormat,
): Weights {
  const mask = (1 << format.bits) - 1;
  return packCodes(
    values.map((value) => value & mask),
    shape,
    format,
  );
}

/** Moves axes: the axis `order[i]` of the source becomes axis `i` of the result. */
export function transpose(
  values: readonly number[],
  shape: readonly number[],
  order: readonly number[],
): number[] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const visit = (depth: number, offset: number): number[] => {
    if (depth === order.length) return [values[offset]];
    const axis = order[depth];
    return Array.from({ length: shape[axis] }, (_, index) =>
      visit(depth + 1, offset + index * strides[axis]),
    ).flat();
  };
  return visit(0, 0);
}
