/** Whole numbers of `min .. max`. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

/** How the values of a column are written as `(centered << shift) + center`, with `centered` of -128 .. 127. */
export interface Centering {
  readonly center: number;
  /** 1 for the odd integers of eight bits, which are twice as far apart, else 0. */
  readonly shift: number;
  /** The centered values. */
  readonly span: Span;
}

/** The middle of stored bytes: less this they lie in -127 .. 128. */
export function centerOfRows({ min, max }: Span): number {
  return (min + max) >> 1;
}

/** Centers the factors that stand in columns. Where they span more than 255, every second integer is none of them. */
export function centerColumns({ min, max }: Span): Centering {
  const shift = max - min > 255 ? 1 : 0;
  const center = shift === 1 ? min + 256 : (min + max + 1) >> 1;
  return { center, shift, span: { min: (min - center) >> shift, max: (max - center) >> shift } };
}

/** A span less a number. */
export function moveSpan({ min, max }: Span, by: number): Span {
  return { min: min - by, max: max - by };
}

/** Smallest and largest of some values. */
export function spanOf(values: Int16Array): Span {
  let min = values[0];
  let max = min;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}

/** Whether any four products of the one and the other together fit in int16. */
export function areProductsNarrow(a: Span, b: Span): boolean {
  const products = [
    Math.imul(a.min, b.min),
    Math.imul(a.min, b.max),
    Math.imul(a.max, b.min),
    Math.imul(a.max, b.max),
  ];
  return Math.max(...products) << 2 <= 0x7fff && Math.min(...products) << 2 >= -0x8000;
}
