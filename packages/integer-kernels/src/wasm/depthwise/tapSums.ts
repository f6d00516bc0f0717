/** Taps of one kernel row, `from .. to - 1`. */
export interface TapSegment {
  readonly from: number;
  readonly to: number;
}

/** How the products of a depthwise convolution are summed in 16 bits. */
export interface TapSums {
  /** Whether the sum over the whole kernel fits; else each segment of each row is widened by itself. */
  readonly isWhole: boolean;
  /** The parts of a row; one where the whole kernel fits. */
  readonly segments: readonly TapSegment[];
  /** Whether sums begin with what brings them into the range of an int16; else with 0. */
  readonly isCentered: boolean;
}

/** Smallest and largest value that a tap can see. */
export interface TapRange {
  readonly min: number;
  readonly max: number;
}

/** Weights `[channels][height][width]`. */
export interface TapWeights {
  readonly values: Int16Array;
  readonly height: number;
  readonly width: number;
}

/** Values that an int16 can tell apart. */
const SPAN = 2 ** 16;

/**
 * Cuts kernel rows into as few segments as possible whose sums are known from their low 16 bits; undefined where a tap is too much.
 *
 * The values of `sum (weight * stored)` lie at most `sum |weight| * (max - min)` apart. Where that is less than 2^16 for every
 * channel, the sum modulo 2^16 says all.
 */
export function tapSums(weights: TapWeights, range: TapRange): TapSums | undefined {
  const { values, height, width } = weights;
  const fits = (start: number, length: number, stride: number): boolean => {
    for (let first = start; first < values.length; first += stride) {
      let sum = 0;
      for (let tap = first; tap < first + length; tap += 1) sum += Math.abs(values[tap]);
      if (sum * (range.max - range.min) >= SPAN) return false;
    }
    return true;
  };
  const isWhole = fits(0, height * width, height * width);
  const segments: TapSegment[] = [];
  for (let from = 0; from < width;) {
    let to = isWhole ? width : from;
    while (to < width && fits(from, to + 1 - from, width)) to += 1;
    if (to === from) return undefined;
    segments.push({ from, to });
    from = to;
  }
  const isCentered = sumCenters(weights, range, { isWhole, segments }).some((center) => center !== 0);
  return { isWhole, segments, isCentered };
}

/**
 * What is subtracted from each sum to bring all its values into the range of an int16.
 *
 * `[channels]` for whole sums, else `[channels][height][segments]`.
 */
export function sumCenters(
  { values, height, width }: TapWeights,
  range: TapRange,
  { isWhole, segments }: Pick<TapSums, 'isWhole' | 'segments'>,
): number[] {
  const length = isWhole ? height * width : width;
  const parts = isWhole ? [{ from: 0, to: length }] : segments;
  return Array.from({ length: values.length / length }, (_, row) =>
    parts.map(({ from, to }) => centerOf(values.subarray(row * length + from, row * length + to), range)),
  ).flat();
}

function centerOf(weights: Int16Array, { min, max }: TapRange): number {
  let low = 0;
  let high = 0;
  for (const weight of weights) {
    low += Math.min(weight * min, weight * max);
    high += Math.max(weight * min, weight * max);
  }
  return low >= -SPAN / 2 && high < SPAN / 2 ? 0 : low + SPAN / 2;
}
