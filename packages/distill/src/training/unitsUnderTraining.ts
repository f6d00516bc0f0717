import { freezeAgain } from '../graph/freezeAgain.js';
import { fromDyadic } from '../layers/dyadic.js';
import { integerizeLayer } from '../layers/integerizeLayer.js';
import { integerizeMerge } from '../layers/integerizeMerge.js';
import { isFrozenLayer, type FrozenUnit, type QuantizableLayer, type ValueGrid } from '../layers/stages.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import type { SimulatedValue, UnitForward } from './forwardPlan.js';
import {
  simulateFromParameters,
  trainableParameters,
  trainedLayer,
  type LearningRates,
} from './layerParameters.js';
import { simulateMergeFrom, trainableMerge, trainedMerge } from './mergeParameters.js';
import type { Parameter, ParameterTensors } from './optimize.js';

/** What training may change of frozen units, from their float shadows. */
export function trainableUnits(units: readonly FrozenUnit[], rates: LearningRates): Parameter[] {
  return units.flatMap((unit) =>
    isFrozenLayer(unit) ? trainableParameters(unit.shadow, rates) : trainableMerge(unit.shadow, rates.steps),
  );
}

/** Computes units as integers will, from tensors under training. */
export function simulateUnits(units: readonly FrozenUnit[], tensors: ParameterTensors): UnitForward {
  const unitOf = new Map(units.map((unit) => [unit.plan.name, unit]));
  return {
    layer({ name }, input) {
      const unit = unitOf.get(name);
      if (unit === undefined || !isFrozenLayer(unit)) throw new RangeError(`no layer "${name}" is trained`);
      return simulateFromParameters(unit.shadow, input, stepOf(input), tensors);
    },
    merge({ name }, inputs) {
      const unit = unitOf.get(name);
      if (unit === undefined || isFrozenLayer(unit)) throw new RangeError(`no merge "${name}" is trained`);
      return simulateMergeFrom(unit.shadow, inputs, tensors);
    },
  };
}

/** Every value of a simulated student lies on a grid, but for its logits, which nothing takes. */
function stepOf({ grid }: SimulatedValue) {
  if (grid === null) throw new RangeError('a value without a grid is taken by a layer');
  return grid.step;
}

/**
 * Integers again, of trained values by name. Units without any keep their shadows, on the grids that the units before them now have.
 * `finish` has the last word on a layer, with the grid that it takes its values on.
 */
export function freezeTrained(
  plan: StudentPlan,
  units: readonly FrozenUnit[],
  trained: Readonly<Record<string, Float32Array>>,
  finish: (layer: QuantizableLayer, input: ValueGrid) => QuantizableLayer = (layer) => layer,
): FrozenUnit[] {
  return freezeAgain(plan, units, (unit, inputs) => {
    if (!isFrozenLayer(unit)) {
      const isTrained = Object.hasOwn(trained, `${unit.plan.name}/logActivationStep`);
      return integerizeMerge(isTrained ? trainedMerge(unit.shadow, trained) : unit.shadow, inputs);
    }
    const isTrained = Object.hasOwn(trained, `${unit.plan.name}/kernel`);
    const values = isTrained ? trainedLayer(unit.shadow, trained, fromDyadic(inputs[0].scale)) : {};
    return integerizeLayer(finish({ ...unit.shadow, ...values }, inputs[0]), inputs[0]);
  });
}
