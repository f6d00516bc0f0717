import { isFrozenLayer, type FrozenUnit } from '../layers/stages.js';
import type { ModelContext } from '../passes/modelPass.js';
import { isUnit, type PlannedUnit, type StudentPlan } from '../plan/studentPlan.js';
import { activationGrid } from './activationGrid.js';
import { leastSquares, observeMagnitudes } from './observers.js';
import { readInChunks } from './readInChunks.js';
import { realInputs } from './realInputs.js';
import type { Looks } from './severalLooks.js';
import { teacherImagesAtOnce } from './valueBudget.js';

/**
 * Output steps of units that have other output bits in `plan` than they were made with, by name.
 *
 * A step is to the unit's own as the least-squares steps of the teacher's tap are to each other, so that what training made of the own
 * step counts. A table keeps its range.
 */
export async function outputStepsAt(
  plan: StudentPlan,
  units: readonly FrozenUnit[],
  context: ModelContext,
  images: number,
): Promise<Map<string, number>> {
  const steps = new Map<string, number>();
  const planned = new Map(plan.nodes.filter(isUnit).map((node) => [node.name, node]));
  for (const unit of units) {
    const target = planned.get(unit.plan.name);
    const own = isFrozenLayer(unit) ? unit.shadow.steps.activationStep : unit.shadow.activationStep;
    if (target === undefined || own === null || levelsOf(target) === levelsOf(unit.plan)) continue;
    steps.set(target.name, Math.fround(own * (await stepRatio(unit.plan, target, context, images))));
  }
  return steps;
}

async function stepRatio(
  from: PlannedUnit,
  to: PlannedUnit,
  context: ModelContext,
  images: number,
): Promise<number> {
  if (to.kind === 'merge' && to.operation.kind === 'lookup') return levelsOf(from) / levelsOf(to);
  const histogram = await observeMagnitudes(await readTap(to, context, images), to.activation === 'linear');
  const step = (unit: PlannedUnit): number =>
    leastSquares().step(histogram, activationGrid(bitsOf(unit), unit.activation).max);
  return step(to) / step(from);
}

function bitsOf({ activations }: PlannedUnit): number {
  return activations?.bits ?? 8;
}

function levelsOf(unit: PlannedUnit): number {
  return 2 ** bitsOf(unit) - 1;
}

function readTap(
  { tap, outputShape }: PlannedUnit,
  { teacher, plan, training, budget, signal }: ModelContext,
  images: number,
): Promise<Looks<Float32Array>> {
  const count = Math.min(images, training.count);
  const atOnce = teacherImagesAtOnce(teacher, budget);
  return readInChunks({ shape: outputShape, count, atOnce, budget, signal }, (indices) => {
    const inputs = realInputs(plan, training.images, indices);
    const value = teacher.evaluate(inputs, [tap]).get(tap);
    for (const input of inputs.values()) input.dispose();
    if (value === undefined) throw new RangeError(`the teacher has no value "${tap}"`);
    return value;
  });
}
