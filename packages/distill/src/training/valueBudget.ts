import type { Teacher } from '../teacher/teacher.js';

/** Bytes of values that a run has at once, by what they are for. */
export interface ValueBudget {
  /** Values of the teacher that wait for the layers ahead; beyond it they are computed from further back. */
  readonly waiting: number;
  /** Values that a pass looks at several times; beyond it they are computed each time. */
  readonly looked: number;
  /** Largest value of the images that are computed at once. */
  readonly computed: number;
}

/** One gibibyte. */
export const defaultMemoryBytes = 2 ** 30;

/** Divides the bytes that a run may have: one border waits while a pass looks at its values, and two while a run moves on. */
export function valueBudget(memoryBytes: number): ValueBudget {
  return { waiting: memoryBytes / 2, looked: memoryBytes / 2, computed: memoryBytes / 16 };
}

/** How many images to compute at once, by the bytes of an image's largest value; at least one, and no more than is faster. */
export function imagesAtOnce(bytesPerImage: number, { computed }: ValueBudget, most = 64): number {
  return Math.max(1, Math.min(most, Math.floor(computed / Math.max(1, bytesPerImage))));
}

/** How many images' values of a teacher to compute at once. */
export function teacherImagesAtOnce(
  { nodes }: Pick<Teacher, 'nodes'>,
  budget: ValueBudget,
  most?: number,
): number {
  const shapes = nodes.map(({ shape }) => shape);
  return imagesAtOnce(largestBytes(shapes, 4), budget, most);
}

/** Values without a batch axis, in an image. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Bytes of the largest of some values in an image. */
export function largestBytes(shapes: readonly (readonly number[])[], bytesPerValue: number): number {
  return bytesPerValue * shapes.reduce((largest, shape) => Math.max(largest, sizeOf(shape)), 1);
}
