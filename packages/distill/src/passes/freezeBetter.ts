import type { FrozenUnit } from '../layers/stages.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import { roundedWithinLimit, withinLimit } from '../training/limitAccumulators.js';
import type { Optimum } from '../training/optimize.js';
import { freezeTrained } from '../training/unitsUnderTraining.js';
import type { ResolvedRules } from './trainingRules.js';

/**
 * What training several units starts from: the units as they are, or, with a bound on accumulators, those of `trained` names with weight
 * steps that go with it.
 */
export function startWithinLimit(
  plan: StudentPlan,
  units: readonly FrozenUnit[],
  { accumulatorBits = null }: ResolvedRules,
  trained: ReadonlySet<string>,
): readonly FrozenUnit[] {
  if (accumulatorBits === null) return units;
  return freezeTrained(plan, units, {}, (layer, { tensor }) =>
    trained.has(layer.plan.name) ? withinLimit(layer, tensor, accumulatorBits) : layer,
  );
}

/**
 * Integers of what training made of units, where it made them better; the units as they were where it did not.
 *
 * With a bound on accumulators always what was made, which alone keeps it: the weights of the units of `trained` names are rounded to within
 * it.
 */
export function freezeBetter(
  plan: StudentPlan,
  units: readonly FrozenUnit[],
  { lossBefore, lossAfter, parameters }: Pick<Optimum, 'lossBefore' | 'lossAfter' | 'parameters'>,
  { accumulatorBits = null }: ResolvedRules,
  trained: ReadonlySet<string>,
): readonly FrozenUnit[] {
  if (accumulatorBits !== null) {
    return freezeTrained(plan, units, parameters, (layer, { tensor }) =>
      trained.has(layer.plan.name) ? roundedWithinLimit(layer, tensor, accumulatorBits) : layer,
    );
  }
  return lossAfter < lossBefore ? freezeTrained(plan, units, parameters) : units;
}
