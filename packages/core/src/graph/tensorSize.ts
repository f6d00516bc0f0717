import { elementRange, type ActivationSpec } from '@bnfree/integer-kernels';

/** Values of a tensor. */
export function elementCount(tensor: ActivationSpec): number {
  return tensor.shape.reduce((count, length) => count * length, 1);
}

/** Bytes of a tensor without any padding. */
export function denseByteLength(tensor: ActivationSpec): number {
  return elementCount(tensor) * elementRange[tensor.type].bytes;
}
