import type { ActivationSpec } from '../../activation.js';
import type { Requantization } from '../../requantization.js';
import type { RequantizationPlan } from '../requantization/requantizationCode.js';

/**
 * A requantization of int16 sums: `(sum * high + round(sum * low / 2^15) + addend) >> shift`; more than one sum is added up.
 *
 * A product of pairs forms it, so that the sums need not be widened first.
 */
export interface ScaledSums {
  /** One a channel; both factors are 0 .. 2^15 - 1. */
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly addends: readonly number[];
  /** The shift. */
  readonly plan: RequantizationPlan;
}

/** By what a scaled sum may miss the exact product, in units of the last bit that is shifted out. */
const LARGEST_MISS = 1.5;

/** One output channel. */
export interface SumChannel {
  /** What is added to the sums to give the accumulator. */
  readonly base: number;
  /** Largest magnitude of the accumulator. */
  readonly bound: number;
}

/** The factor of a channel, `multiplier / 2^shift`. */
interface Factor {
  readonly multiplier: number;
  readonly shift: number;
}

/**
 * Plans the requantization of `sums` int16 sums; undefined where it is not exact, or not of this kind.
 *
 * The factor's rest below its 30 bits and the rounding of the low product make each sum miss by at most 1.5 before the shift. An
 * accumulator is rounded right if its value is farther from the next half. That is checked for the two accumulators next to every
 * half between two output values; the addend is chosen to leave both sides equal room.
 */
export function scaledSums(
  requantization: Requantization,
  output: ActivationSpec,
  channels: readonly SumChannel[],
  sums: number,
): ScaledSums | undefined {
  const factors = factorsOf(requantization, channels.length);
  if (factors === undefined || output.type === 'int32') return undefined;
  const values = factors.map(({ multiplier, shift }) => multiplier / 2 ** shift);
  // The factor must stay below 2^15, and below 2^31 the scaled accumulator with its half, the addend's move and what it misses.
  const most = Math.max(
    ...values.map((value, index) => Math.max(value * 2 ** 16, value * channels[index].bound + 1.5)),
  );
  const shift = Math.min(30, Math.ceil(31 - Math.log2(most)) - 1);
  if (shift < 3) return undefined;
  const range = { min: output.quantMin - output.zeroPoint, max: output.quantMax - output.zeroPoint };
  const addends = channels.map((channel, index) =>
    addendOf(factors[index], channel, shift, range, sums * LARGEST_MISS),
  );
  if (!addends.every((addend) => addend !== undefined)) return undefined;
  const scaled = values.map((value) => value * 2 ** shift);
  const high = scaled.map(Math.floor);
  return {
    high,
    low: scaled.map((value, index) => Math.floor((value - high[index]) * 2 ** 15)),
    addends,
    plan: { code: { kind: 'product32', shift, lowBits: null, addend: 'none' }, fields: [] },
  };
}

/** One factor a channel, where results are rounded once and halves upward. */
function factorsOf(requantization: Requantization, channels: number): Factor[] | undefined {
  if (requantization.kind !== 'multiplier' && requantization.kind !== 'shift') return undefined;
  if (requantization.rounding !== 'halfUp') return undefined;
  const { shifts } = requantization;
  const multipliers = requantization.kind === 'multiplier' ? requantization.multipliers : [1];
  return Array.from({ length: channels }, (_, channel) => ({
    multiplier: multipliers[multipliers.length > 1 ? channel : 0],
    shift: shifts[shifts.length > 1 ? channel : 0],
  }));
}

/** What is added to the products of a channel; undefined where no number leaves enough on both sides of every half. */
function addendOf(
  { multiplier, shift: from }: Factor,
  { base, bound }: SumChannel,
  shift: number,
  { min, max }: { readonly min: number; readonly max: number },
  miss: number,
): number | undefined {
  if (bound * multiplier >= 2 ** 52 || from > 52) return undefined;
  const scale = 2 ** (shift - from);
  // Exact: whole numbers below 2^53 times powers of two.
  const distance = (accumulator: number, half: number): number =>
    accumulator * multiplier * scale - half * 2 ** shift;
  let above = Infinity;
  let below = Infinity;
  const most = Math.floor((bound * multiplier) / 2 ** from) + 1;
  const last = multiplier === 0 ? min : Math.min(max, most);
  let half = Math.max(min, -most) + 0.5;
  let first = Math.ceil((half * 2 ** from) / multiplier);
  // Where no half is in reach the quotient may be beyond whole numbers.
  const isReached = half < last;
  while (isReached && distance(first, half) < 0) first += 1;
  while (isReached && distance(first - 1, half) >= 0) first -= 1;
  // From one half to the next the first accumulator behind it moves by so many, and by one more where the rest asks for it.
  const rest = 2 ** from % multiplier;
  const stride = (2 ** from - rest) / multiplier;
  let excess = first * multiplier - half * 2 ** from;
  for (; half < last; half += 1) {
    // Of those that occur; the nearest may be far, where the half is out of reach.
    if (first > bound) below = Math.min(below, -distance(bound, half));
    else if (first > -bound) {
      above = Math.min(above, excess * scale);
      below = Math.min(below, (multiplier - excess) * scale);
    } else above = Math.min(above, distance(-bound, half));
    first += stride;
    excess -= rest;
    if (excess < 0) {
      first += 1;
      excess += multiplier;
    }
  }
  const ideal = base * multiplier * scale + 2 ** (shift - 1);
  // No more than half a unit either way, for which the shift leaves room.
  const [down, up] = [Math.min(above, 2 ** shift), Math.min(below, 2 ** shift)];
  const addend = Math.round(ideal + (up - down) / 2);
  const moved = addend - ideal;
  return down + moved >= miss && up - moved > miss ? addend : undefined;
}
