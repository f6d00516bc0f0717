import * as tf from '@tensorflow/tfjs-core';
import type { CalibratedMerge, FrozenUnit } from '../layers/stages.js';
import { inputsOf, type StudentPlan } from '../plan/studentPlan.js';
import { mergeGrid } from './activationGrid.js';
import { finerGrid, type SimulatedValue } from './forwardPlan.js';
import { gridRange } from './layerParameters.js';
import type { ParameterTensors } from './optimize.js';

export type Grid = NonNullable<SimulatedValue['grid']>;

/**
 * The grid of one of the student's values, from the steps under training alone: the one that the simulation gives it. `given` are
 * those of values that are not under training.
 */
export function gridUnderTraining(
  plan: StudentPlan,
  units: readonly FrozenUnit[],
  value: string,
  tensors: ParameterTensors,
  given: ReadonlyMap<string, Grid>,
): Grid {
  const known = given.get(value);
  if (known !== undefined) return known;
  const input = plan.inputs.find(({ name }) => name === value);
  if (input !== undefined) {
    const { zeroPoint, scale } = input;
    const step = tf.scalar(scale.numerator / scale.denominator);
    return { step, min: -zeroPoint, max: 255 - zeroPoint };
  }
  const node = plan.nodes.find(({ name }) => name === value);
  if (node === undefined) throw new RangeError(`the plan has no value "${value}"`);
  if (node.kind === 'structure') {
    const grid = gridUnderTraining(plan, units, inputsOf(node)[0], tensors, given);
    return node.operation.kind === 'globalAveragePool2d' ? finerGrid(grid) : grid;
  }
  const step = tf.exp(tensors[`${value}/logActivationStep`]);
  if (node.kind === 'layer') return { step, ...gridRange(node) };
  const unit = units.find(({ plan: { name } }) => name === value);
  const { min, max } = mergeGrid(node, (unit?.shadow as CalibratedMerge | undefined)?.zeroPoint ?? 0);
  return { step, min, max };
}
