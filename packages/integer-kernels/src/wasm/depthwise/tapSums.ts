/** Columns `from .. to - 1` of the kernel. */
export interface TapSegment {
  readonly from: number;
  readonly to: number;
}

/** How the products of a depthwise convolution are summed in 16 bits. */
export interface TapSums {
  /** Whether the sums of the segments run over all kernel rows; else those of each row are widened by themselves. */
  readonly areWhole: boolean;
  readonly segments: readonly TapSegment[];
  /** Whether sums begin with what brings them into the range of an int16; else with 0. */
  readonly areCentered: boolean;
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

/** Sums over the whole kernel that a pixel has at most: those of some pixels fill the registers. */
const MAX_WHOLE_SUMS = 2;

/** Taps of a row that one product takes: relaxed products take pairs of bytes. */
export type TapsAtOnce = 1 | 2;

/**
 * Cuts the kernel into as few sums as possible that are known from their low 16 bits; undefined where a tap is too much.
 *
 * The values of `sum (weight * stored)` lie at most `sum |weight| * (max - min)` apart. Where that is less than 2^16 for every
 * channel, the sum modulo 2^16 says all.
 */
export function tapSums(weights: TapWeights, range: TapRange, tapsAtOnce: TapsAtOnce): TapSums | undefined {
  const whole = segmentsOf(weights, range, true, tapsAtOnce);
  const areWhole = whole !== undefined && whole.length <= MAX_WHOLE_SUMS;
  const segments = areWhole ? whole : segmentsOf(weights, range, false, tapsAtOnce);
  if (segments === undefined) return undefined;
  const centers = sumCenters(weights, range, { areWhole, segments });
  return { areWhole, segments, areCentered: centers.some((center) => center !== 0) };
}

/** The segments of sums over all rows, or within rows. */
function segmentsOf(
  { values, height, width }: TapWeights,
  { min, max }: TapRange,
  isOverRows: boolean,
  tapsAtOnce: TapsAtOnce,
): TapSegment[] | undefined {
  const rows = isOverRows ? height : 1;
  const fits = (from: number, to: number): boolean => {
    for (let first = 0; first < values.length; first += rows * width) {
      let sum = 0;
      for (let row = first; row < first + rows * width; row += width) {
        for (let x = from; x < to; x += 1) sum += Math.abs(values[row + x]);
      }
      if (sum * (max - min) >= SPAN) return false;
    }
    return true;
  };
  const segments: TapSegment[] = [];
  for (let from = 0; from < width;) {
    let to = width;
    while (to > from && !fits(from, to)) to = Math.ceil(to / tapsAtOnce - 1) * tapsAtOnce;
    if (to === from) return undefined;
    segments.push({ from, to });
    from = to;
  }
  return segments;
}

/**
 * What is subtracted from each sum to bring all its values into the range of an int16.
 *
 * `[channels][segments]` for whole sums, else `[channels][height][segments]`.
 */
export function sumCenters(
  { values, height, width }: TapWeights,
  { min, max }: TapRange,
  { areWhole, segments }: Pick<TapSums, 'areWhole' | 'segments'>,
): number[] {
  const rows = areWhole ? height : 1;
  return Array.from({ length: values.length / rows / width }, (_, part) =>
    segments.map(({ from, to }) => {
      let low = 0;
      let high = 0;
      for (let row = part * rows; row < (part + 1) * rows; row += 1) {
        for (const weight of values.subarray(row * width + from, row * width + to)) {
          low += Math.min(weight * min, weight * max);
          high += Math.max(weight * min, weight * max);
        }
      }
      return low >= -SPAN / 2 && high < SPAN / 2 ? 0 : low + SPAN / 2;
    }),
  ).flat();
}
