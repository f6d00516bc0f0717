import { isTensor } from './imageSource.js';

/** Numbers on the host, with the shape where their form tells it. */
export interface HostNumbers {
  readonly values: ArrayLike<number>;
  /** Null for flat arrays, whose length is all that is known. */
  readonly shape: readonly number[] | null;
}

/**
 * Brings numbers of any accepted form to the host, without looking at them.
 *
 * @returns null for anything that is not numbers
 */
export async function readNumbers(source: unknown): Promise<HostNumbers | null> {
  if (typeof source === 'number') return { values: [source], shape: [] };
  if (isTensor(source)) {
    if (source.dtype === 'string' || source.dtype === 'complex64') return null;
    return { values: await source.data(), shape: source.shape };
  }
  if (ArrayBuffer.isView(source)) return isNumberView(source) ? { values: source, shape: null } : null;
  if (!Array.isArray(source)) return null;
  const shape = nestedShape(source);
  const values: number[] = [];
  if (!shape || !flattenInto(values, source, shape, 0)) return null;
  return { values, shape: shape.length > 1 ? shape : null };
}

function isNumberView(view: ArrayBufferView): view is ArrayBufferView & ArrayLike<number> {
  return 'length' in view && !(view instanceof BigInt64Array) && !(view instanceof BigUint64Array);
}

/** Lengths along the first elements; null when those do not end in a number. */
function nestedShape(nested: readonly unknown[]): number[] | null {
  const shape: number[] = [];
  let element: unknown = nested;
  while (Array.isArray(element)) {
    shape.push(element.length);
    element = (element as readonly unknown[])[0];
  }
  return typeof element === 'number' || shape.includes(0) ? shape : null;
}

/** Whether the nesting is as regular as its first elements say. */
function flattenInto(values: number[], nested: unknown, shape: readonly number[], depth: number): boolean {
  if (depth === shape.length) {
    if (typeof nested !== 'number') return false;
    values.push(nested);
    return true;
  }
  if (!Array.isArray(nested) || nested.length !== shape[depth]) return false;
  return nested.every((element) => flattenInto(values, element, shape, depth + 1));
}
