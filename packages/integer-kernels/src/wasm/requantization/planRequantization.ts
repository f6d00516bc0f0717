import type { ActivationSpec } from '../../activation.js';
import type { Requantization, Rescale } from '../../requantization.js';
import { planDivide } from './divide.js';
import { planGemmlowp } from './gemmlowp.js';
import { planMultiply } from './multiply.js';
import { planProduct16 } from './product16.js';
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

/** The same for the values of a tensor: bytes by a product of 16 bits where one factor serves all channels and it is exact. */
export function planValueRequantization(
  requantization: Requantization,
  input: ActivationSpec,
  { type, zeroPoint, quantMin, quantMax }: ActivationSpec,
): RequantizationPlan {
  const low = input.quantMin - input.zeroPoint;
  const high = input.quantMax - input.zeroPoint;
  const plan = planRequantization(requantization, [Math.max(-low, high)]);
  const factor = [type, input.type].includes('int32') ? undefined : singleFactor(requantization);
  if (factor === undefined || plan.code.kind === 'none') return plan;
  const results = { rounding: 'halfUp', min: quantMin - zeroPoint, max: quantMax - zeroPoint } as const;
  return planProduct16([{ ...factor, low, high }], results) ?? plan;
}

/** The factor of a requantization that rounds halves up and treats all channels alike. */
function singleFactor(
  requantization: Requantization,
): { readonly numerator: number; readonly divisor: number } | undefined {
  if (!('rounding' in requantization) || requantization.rounding !== 'halfUp') return undefined;
  switch (requantization.kind) {
    case 'multiplier': {
      const { multipliers, shifts } = requantization;
      if (multipliers.length + shifts.length > 2) return undefined;
      return { numerator: multipliers[0], divisor: 2 ** shifts[0] };
    }
    case 'shift': {
      const { shifts } = requantization;
      return shifts.length > 1 ? undefined : { numerator: 1, divisor: 2 ** shifts[0] };
    }
    case 'divide': {
      const { divisors } = requantization;
      return divisors.length > 1 ? undefined : { numerator: 1, divisor: divisors[0] };
    }
  }
}
