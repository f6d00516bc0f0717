import { i32, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import type { RequantizationPlan } from './requantizationCode.js';

/** The values `low .. high`. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** A rational factor and the values that it is applied to. */
export interface ScaledRange extends ValueRange {
  readonly numerator: number;
  readonly divisor: number;
}

/** What the results are rounded and compared by. */
export interface ResultRange {
  readonly rounding: 'halfUp' | 'halfAwayFromZero';
  /** Results beyond the ends are clamped to them. */
  readonly min: number;
  readonly max: number;
}

/** Values that are tried at most before the plan is given up. */
const MAX_TRIALS = 1 << 17;

/**
 * Plans `round(value * numerator / divisor)` of int16 lanes by one rounding multiplication `(value * 2^shift * m + 2^14) >> 15`.
 *
 * Fifteen bits stand for the factor, which is seldom exact: the plan holds only where every value of the range was tried and
 * gives the same result. Undefined where no `m` does, or where too many would have to be tried.
 */
export function planProduct16(
  ranges: readonly ScaledRange[],
  results: ResultRange,
): RequantizationPlan | undefined {
  const trials = ranges.reduce((sum, { low, high }) => sum + high - low + 1, 0);
  const largest = Math.max(...ranges.map(({ numerator, divisor }) => numerator / divisor));
  const shift = Math.max(0, Math.floor(Math.log2(largest)) + 1);
  const isInRange = ranges.every(
    ({ divisor, low, high }) => Math.max(-low, high) * 2 ** shift < 2 ** 15 && divisor < 2 ** 50,
  );
  if (trials > MAX_TRIALS || !isInRange) return undefined;
  const multipliers = ranges.map((range) => findMultiplier(range, results, shift));
  if (!multipliers.every((multiplier) => multiplier !== undefined)) return undefined;
  return {
    code: { kind: 'product16', shift },
    // A pair of lanes in every word.
    fields: [{ bits: 32, values: multipliers.map((multiplier) => multiplier * 0x10001) }],
  };
}

function findMultiplier(range: ScaledRange, results: ResultRange, shift: number): number | undefined {
  const ideal = (range.numerator / range.divisor) * 2 ** (15 - shift);
  const candidates = [Math.floor(ideal), Math.floor(ideal) + 1];
  return candidates.find((multiplier) => multiplier < 2 ** 15 && isExact(range, results, shift, multiplier));
}

function isExact(
  { numerator, divisor, low, high }: ScaledRange,
  { rounding, min, max }: ResultRange,
  shift: number,
  multiplier: number,
): boolean {
  const clamp = (value: number): number => Math.max(min, Math.min(max, value));
  // All products are whole numbers below 2^52.
  const round = (value: number): number => Math.floor((2 * value * numerator + divisor) / (2 * divisor));
  for (let value = low; value <= high; value += 1) {
    const isTurned = value < 0 && rounding === 'halfAwayFromZero';
    const expected = isTurned ? -round(-value) : round(value);
    const actual = (value * 2 ** shift * multiplier + 2 ** 14) >> 15;
    if (clamp(expected) !== clamp(actual)) return false;
  }
  return true;
}

/** Eight int16 lanes at once. */
export function emitProduct16(
  f: FunctionBuilder,
  { shift }: { readonly shift: number },
  halfwords: Local<'v128'>,
  record: Value<'i32'>,
): void {
  const shifted = shift > 0 ? op('i16x8.shl', halfwords, i32(shift)) : halfwords;
  f.set(halfwords, op('i16x8.q15mulr_sat_s', shifted, load('v128.load', record)));
}
