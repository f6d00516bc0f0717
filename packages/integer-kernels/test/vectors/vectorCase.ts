import type { ActivationSpec, ElementType, Op, TensorValues } from '../../src/index.js';
import { elementRange } from '../../src/index.js';

/** One op, its dense operands, and the output that another project computed for it. */
export interface VectorCase {
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly TensorValues[];
  readonly expected: TensorValues;
}

/** Builds an activation; the range is the whole range of the type unless it is given. */
export function activation(
  shape: readonly number[],
  type: ElementType,
  zeroPoint: number,
  range: { readonly min: number; readonly max: number } = elementRange[type],
): ActivationSpec {
  return { shape, type, zeroPoint, quantMin: range.min, quantMax: range.max };
}

const arrays = { int8: Int8Array, uint8: Uint8Array, int32: Int32Array } as const;

/** Stores values in their type; values wrap as in a C cast. */
export function tensorValues(type: ElementType, values: Iterable<number>): TensorValues {
  return arrays[type].from(values);
}
