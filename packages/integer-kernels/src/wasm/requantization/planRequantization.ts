import type { Requantization, Rescale } from '../../requantization.js';
import { planDivide } from './divide.js';
import { planGemmlowp } from './gemmlowp.js';
import { planMultiply } from './multiply.js';
import type { RequantizationPlan } from './requantizationCode.js';
import { planShift } from './roundShift.js';
import { planThreshold } from './threshold.js';

type Planners = {
  readonly [Kind in Requantization['kind']]: (
    requantization: Extract<Requantization, { kind: Kind }>,
    bounds: readonly number[] | undefined,
  ) => RequantizationPlan;
};

const planners = {
  none: () => ({ code: { kind: 'none' }, fields: [] }),
  multiplier: ({ multipliers, shifts, rounding }, bounds) => {
    const rescales = Array.from({ length: Math.max(multipliers.length, shifts.length) }, (_, index) => ({
      multiplier: multipliers[multipliers.length === 1 ? 0 : index],
      shift: shifts[shifts.length === 1 ? 0 : index],
    }));
    return planRescales(rescales, rounding, bounds);
  },
  shift: ({ shifts, rounding }, bounds) => planShift([...shifts], rounding, bounds),
  divide: ({ divisors, rounding }, bounds) =>
    planDivide([...divisors], rounding === 'halfToEven' ? rounding : 'halfUp', bounds),
  threshold: ({ count, thresholds }) => planThreshold(count, thresholds),
} satisfies Planners;

/** Chooses the code for a requantization and lays out its channel values. No accumulator exceeds the bound of its channel, or of all. */
export function planRequantization(
  requantization: Requantization,
  bounds?: readonly number[],
): RequantizationPlan {
  const plan = planners[requantization.kind] as (
    requantization: Requantization,
    bounds: readonly number[] | undefined,
  ) => RequantizationPlan;
  return plan(requantization, bounds);
}

/** The same for dyadic factors, one for the tensor or one per channel. */
export function planRescales(
  rescales: readonly Rescale[],
  rounding: 'halfUp' | 'gemmlowp' | 'halfToEven',
  bounds?: readonly number[],
): RequantizationPlan {
  if (rounding === 'gemmlowp') return planGemmlowp(rescales);
  return planMultiply(rescales, rounding === 'halfToEven', bounds);
}
