/** A sliding window along one axis of an image. */
export interface WindowAxis {
  readonly inputSize: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before the first and after the last value. */
  readonly before: number;
  readonly after: number;
}

/** The taps `from <= tap < to` of a window that lie inside the image. */
export interface TapRange {
  readonly from: number;
  readonly to: number;
}

/** Number of window positions along an axis; 0 or less where the window does not fit. */
export function convolutionOutputSize({
  inputSize,
  kernel,
  stride,
  dilation,
  before,
  after,
}: WindowAxis): number {
  const extent = (kernel - 1) * dilation + 1;
  return Math.floor((inputSize + before + after - extent) / stride) + 1;
}

/** Taps of the window at an output position that lie inside the image. */
export function insideTaps(
  { inputSize, kernel, stride, dilation, before }: WindowAxis,
  position: number,
): TapRange {
  const start = position * stride - before;
  const from = start >= 0 ? 0 : Math.min(kernel, Math.ceil(-start / dilation));
  const to = Math.min(kernel, Math.floor((inputSize - 1 - start) / dilation) + 1);
  return { from, to: Math.max(from, to) };
}

/** The part of the image that a window without dilation covers at one output position. */
export interface WindowSpan {
  readonly first: number;
  readonly count: number;
}

/** What a window without dilation covers at every output position. */
export function windowSpans(axis: WindowAxis): WindowSpan[] {
  return Array.from({ length: convolutionOutputSize(axis) }, (_, position) => {
    const { from, to } = insideTaps(axis, position);
    return { first: position * axis.stride - axis.before + from, count: to - from };
  });
}

/**
 * The distinct {@link insideTaps} over all output positions.
 *
 * Visits only positions that touch the padding, and one that does not: time does not grow with the image.
 */
export function distinctTapRanges(axis: WindowAxis): TapRange[] {
  const outputSize = convolutionOutputSize(axis);
  const extent = (axis.kernel - 1) * axis.dilation + 1;
  const firstWhole = Math.min(outputSize, Math.ceil(axis.before / axis.stride));
  const lastWhole = Math.floor((axis.inputSize + axis.before - extent) / axis.stride);
  const afterWhole = Math.max(firstWhole, lastWhole + 1);
  const ranges = new Map<string, TapRange>();
  const visit = (position: number): void => {
    const range = insideTaps(axis, position);
    ranges.set(`${range.from}:${range.to}`, range);
  };
  for (let position = 0; position < firstWhole; position += 1) visit(position);
  if (afterWhole > firstWhole) visit(firstWhole);
  for (let position = afterWhole; position < outputSize; position += 1) visit(position);
  return [...ranges.values()];
}
