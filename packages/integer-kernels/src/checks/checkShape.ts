import type { Issue } from '../errors.js';
import { invalid, isIntegerIn } from './checkFields.js';

/** Bytes that no tensor may reach, so that every offset in it is an int32. */
export const maxTensorBytes = 0x7fffffff;
const maxRank = 8;

/** Checks a shape: 1 .. 8 axes of at least 1, and fewer than 2^31 elements of `elementBytes` together. */
export function checkShape(value: unknown, path: string, elementBytes = 1): Issue[] {
  const isShape =
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= maxRank &&
    value.every((size) => isIntegerIn(size, 1, maxTensorBytes));
  if (!isShape) {
    return [
      invalid(
        path,
        value,
        `1 .. ${maxRank} whole numbers of at least 1`,
        'give every axis its size, channels last',
      ),
    ];
  }
  const byteLength = (value as readonly number[]).reduce(
    (product, size) => Math.min(product * size, Number.MAX_SAFE_INTEGER),
    elementBytes,
  );
  return byteLength <= maxTensorBytes ? [] : [tooLarge(path, byteLength)];
}

/** Number of elements of a shape that passed its check. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether two shapes are the same. */
export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The issue of an operand whose shape does not fit the op. */
export function shapeMismatch(path: string, got: readonly number[], expected: string, fix: string): Issue {
  return {
    code: 'SHAPE_MISMATCH',
    path,
    message: `got [${got.join(', ')}], expected ${expected}`,
    fix,
  };
}

function tooLarge(path: string, byteLength: number): Issue {
  return {
    code: 'TENSOR_TOO_LARGE',
    path,
    message: `got ${byteLength} bytes or more, expected at most ${maxTensorBytes}`,
    fix: 'split the tensor, for example into smaller batches',
  };
}
