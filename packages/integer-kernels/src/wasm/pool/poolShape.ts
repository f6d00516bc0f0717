import type { PoolWindow } from '../../ops/maxPool2d.js';
import type { Geometry } from '../geometry.js';

/** What the walk over a pool's windows depends on. */
export interface PoolShape {
  readonly input: Geometry;
  readonly output: Geometry;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly top: number;
  readonly left: number;
  /** Columns of output `first .. end - 1` whose windows lie inside the image from left to right. */
  readonly first: number;
  readonly end: number;
  /** Whether some windows reach above or below the image. */
  readonly isCutInHeight: boolean;
}

/** The numbers of a pool. */
export function poolShape(
  { kernel, strides, padding }: PoolWindow,
  input: Geometry,
  output: Geometry,
): PoolShape {
  const { top, left } = padding;
  const first = Math.min(output.width, Math.ceil(left / strides[1]));
  const lastInside = Math.floor((input.width + left - kernel[1]) / strides[1]);
  const lastRow = (output.height - 1) * strides[0] - top + kernel[0];
  return {
    input,
    output,
    kernel,
    strides,
    top,
    left,
    first,
    end: Math.max(first, Math.min(output.width, lastInside + 1)),
    isCutInHeight: top > 0 || lastRow > input.height,
  };
}
