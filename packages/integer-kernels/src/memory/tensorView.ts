import { type ElementType, elementRange } from '../activation.js';
import type { Arena, OperandView } from '../backend.js';
import { type TensorShape, type TensorStrides, tensorStrides } from './tensorLayout.js';

/** Values of one tensor, or of the memory that holds it. */
export type TensorValues = Int8Array | Uint8Array | Int32Array;

/** The typed array of every storage type. */
export const valueArrays = {
  int8: Int8Array,
  uint8: Uint8Array,
  int32: Int32Array,
} satisfies Record<ElementType, unknown>;

/** Opens memory, shared memory too, as values of a storage type. */
const openValues = {
  int8: (buffer, byteOffset, length) => new Int8Array(buffer, byteOffset, length),
  uint8: (buffer, byteOffset, length) => new Uint8Array(buffer, byteOffset, length),
  int32: (buffer, byteOffset, length) => new Int32Array(buffer, byteOffset, length),
} satisfies Record<
  ElementType,
  (buffer: ArrayBufferLike, byteOffset: number, length: number) => TensorValues
>;

/** A tensor in an arena: its memory from the start of the halo on, and where its values lie there. */
export interface TensorView extends TensorStrides {
  readonly data: TensorValues;
}

/** Opens a tensor in an arena. Elements are addressed from the start of the view. */
export function tensorView(arena: Arena, tensor: TensorShape, view: OperandView): TensorView {
  const { buffer, byteOffset, byteLength } = arena.bytes;
  const length = Math.floor((byteLength - view.byteOffset) / elementRange[tensor.type].bytes);
  return {
    data: openValues[tensor.type](buffer, byteOffset + view.byteOffset, length),
    ...tensorStrides(tensor, view.layout),
  };
}

/** Element index of the first channel of every pixel, in row-major order. A pixel is all axes but the last. */
export function pixelStarts(shape: readonly number[], { origin, strides }: TensorStrides): Int32Array {
  let starts = [origin];
  for (let axis = 0; axis < shape.length - 1; axis += 1) {
    const steps = Array.from({ length: shape[axis] }, (_, i) => i * strides[axis]);
    starts = starts.flatMap((start) => steps.map((step) => start + step));
  }
  return Int32Array.from(starts);
}

/** Element index of every value, in row-major order. */
export function elementIndices(shape: readonly number[], strides: TensorStrides): Int32Array {
  const channels = shape[shape.length - 1];
  const starts = pixelStarts(shape, strides);
  const indices = new Int32Array(starts.length * channels);
  for (let pixel = 0, next = 0; pixel < starts.length; pixel += 1) {
    for (let channel = 0; channel < channels; channel += 1) indices[next++] = starts[pixel] + channel;
  }
  return indices;
}
