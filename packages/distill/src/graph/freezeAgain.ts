import type { FrozenUnit, ValueGrid } from '../layers/stages.js';
import { inputsOf, type StudentPlan } from '../plan/studentPlan.js';
import { gridsOf } from './valueGrids.js';

/** Units anew, one after another: the input grids of each are those that the units before it now have. */
export function freezeAgain(
  plan: StudentPlan,
  units: readonly FrozenUnit[],
  freeze: (unit: FrozenUnit, inputs: readonly ValueGrid[]) => FrozenUnit,
): FrozenUnit[] {
  const frozen: FrozenUnit[] = [];
  for (const unit of units) {
    const grids = gridsOf(plan, frozen);
    frozen.push(
      freeze(
        unit,
        inputsOf(unit.plan).map((name) => grids.get(name) as ValueGrid),
      ),
    );
  }
  return frozen;
}
