import { freezeAgain } from '../graph/freezeAgain.js';
import { fromDyadic } from '../layers/dyadic.js';
import { integerizeLayer } from '../layers/integerizeLayer.js';
import { integerizeMerge } from '../layers/integerizeMerge.js';
import {
  isFrozenLayer,
  type CalibratedMerge,
  type FrozenUnit,
  type LayerSteps,
  type QuantizableLayer,
} from '../layers/stages.js';
import type { PlannedUnit, StudentPlan } from '../plan/studentPlan.js';
import { calibrateWeights } from './calibrateWeights.js';
import { onSchemeGrid } from './schemeGrid.js';

/**
 * Units with the bits of another plan of the same network, from their float shadows.
 *
 * Where a unit comes back to the bits that it has in `origin`, it takes its grid from there; where only the other units change, it keeps
 * its grid; elsewhere weight steps are those of least squared error, and output steps `outputSteps`, by unit.
 */
export function regridUnits(
  plan: StudentPlan,
  units: readonly FrozenUnit[],
  origin: readonly FrozenUnit[],
  outputSteps: ReadonlyMap<string, number>,
): FrozenUnit[] {
  const planOf = new Map(plan.nodes.map((node) => [node.name, node]));
  const originOf = new Map(origin.map((unit) => [unit.plan.name, unit]));
  return freezeAgain(plan, units, (unit, inputs) => {
    const { name } = unit.plan;
    const own = originOf.get(name) as FrozenUnit;
    const outputStep = outputSteps.get(name) ?? null;
    if (!isFrozenLayer(unit)) {
      const merge = { ...unit.shadow, plan: planOf.get(name) as CalibratedMerge['plan'] };
      return integerizeMerge(
        regridMerge(merge, unit.shadow, own.shadow as CalibratedMerge, outputStep),
        inputs,
      );
    }
    const layer = { ...unit.shadow, plan: planOf.get(name) as QuantizableLayer['plan'] };
    const inputScale = fromDyadic(inputs[0].scale);
    const steps = regridLayer(layer, unit.shadow, own.shadow as QuantizableLayer, outputStep, inputScale);
    return integerizeLayer({ ...layer, steps }, inputs[0]);
  });
}

function outputBits({ activations }: PlannedUnit): number | undefined {
  return activations?.bits;
}

function regridLayer(
  layer: QuantizableLayer,
  before: QuantizableLayer,
  origin: QuantizableLayer,
  outputStep: number | null,
  inputScale: number,
): LayerSteps {
  const { plan, parameters } = layer;
  const hasBitsOf = (other: QuantizableLayer): boolean => plan.weights.bits === other.plan.weights.bits;
  const hasOutputOf = (other: QuantizableLayer): boolean => outputBits(plan) === outputBits(other.plan);
  const activationStep = [before, origin].find(hasOutputOf)?.steps.activationStep ?? outputStep;
  const known = [before, origin].find(hasBitsOf)?.steps;
  if (known !== undefined && hasItsRatios(known, activationStep, inputScale))
    return { ...known, activationStep };
  const weightSteps = known?.weightSteps ?? calibrateWeights(plan, parameters);
  return onSchemeGrid(plan, parameters, weightSteps, activationStep, inputScale);
}

/** Whether a ratio of the scheme's own grid, if there is one, still is that of the steps; else it is chosen anew. */
function hasItsRatios(
  { weightSteps, fixedRatios }: LayerSteps,
  activationStep: number | null,
  inputScale: number,
): boolean {
  if (fixedRatios === null || activationStep === null) return true;
  return fixedRatios.every((ratio, i) => {
    const actual = (weightSteps[i] * inputScale) / activationStep;
    return Math.abs(actual / ratio - 1) < 1e-5;
  });
}

function regridMerge(
  merge: CalibratedMerge,
  before: CalibratedMerge,
  origin: CalibratedMerge,
  outputStep: number | null,
): CalibratedMerge {
  const known = [before, origin].find(({ plan }) => outputBits(plan) === outputBits(merge.plan));
  if (known !== undefined) {
    const { activationStep, zeroPoint } = known;
    return { ...merge, activationStep, zeroPoint };
  }
  const levels = ({ plan }: CalibratedMerge): number => 2 ** plan.activations.bits - 1;
  const zeroPoint = Math.min(
    levels(merge) - 1,
    Math.round((before.zeroPoint * levels(merge)) / levels(before)),
  );
  return { ...merge, activationStep: outputStep ?? merge.activationStep, zeroPoint };
}
