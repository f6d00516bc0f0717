import type { ActivationSpec } from '@bnfree/integer-kernels';
import { functionValue } from './functionValue.js';
import type { PointwiseFunction } from './pointwiseFunction.js';

/** A stored value's place among real ones. */
export interface StoredGrid {
  readonly tensor: Pick<ActivationSpec, 'type' | 'zeroPoint' | 'quantMin' | 'quantMax'>;
  /** What a step is worth. */
  readonly step: number;
}

/**
 * The table of a function from one grid to another, by bit patterns:
 * `clamp(zeroPoint + floor(f((stored - inputZeroPoint) * inputStep) / step + 1/2))`, rounded to float32 as the simulation is.
 */
export function functionTable(form: PointwiseFunction, input: StoredGrid, output: StoredGrid): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, pattern) =>
    storedFunctionValue(form, input, output, input.tensor.type === 'int8' ? (pattern << 24) >> 24 : pattern),
  );
}

/** One entry of {@link functionTable}, for a stored value, as a stored value. */
export function storedFunctionValue(
  form: PointwiseFunction,
  { tensor, step: inputStep }: StoredGrid,
  { tensor: { zeroPoint, quantMin, quantMax }, step }: StoredGrid,
  stored: number,
): number {
  const { fround } = Math;
  const x = fround((stored - tensor.zeroPoint) * fround(inputStep));
  const level = fround(fround(functionValue(form, x)) / fround(step));
  // The order of the simulation: clipped to the grid, then rounded.
  const inside = Math.min(quantMax - zeroPoint, Math.max(quantMin - zeroPoint, level));
  return zeroPoint + Math.floor(fround(inside + 0.5));
}
