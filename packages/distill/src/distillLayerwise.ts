import { accumulatorFits } from './checks/accumulatorFits.js';
import { integerOnly } from './checks/integerOnly.js';
import { matchesFakeQuantize } from './checks/matchesFakeQuantize.js';
import { Distiller, type DistillResult } from './distiller.js';
import { groupOptions, type DistillOptions } from './distillOptions.js';
import { correctBias } from './passes/correctBias.js';
import { freezeLayer } from './passes/freezeLayer.js';
import { initializeFromTeacher } from './passes/initializeFromTeacher.js';
import { pipe } from './passes/pipe.js';
import { retrainTail } from './passes/retrainTail.js';
import { planStudent } from './plan/planStudent.js';
import type { RunOptions } from './run/runOptions.js';

/**
 * Turns a tfjs teacher with batch normalisation into a BN-free network of integers alone.
 *
 * Layer by layer: start from the teacher, choose the grid, fit to the teacher's value behind normalisation and
 * activation on the integers of the layers already frozen, correct the bias, freeze. Then compensate end to end.
 * Source of the method: arXiv 2512.16476.
 *
 * @param data stored pixels, 0 to 255: tensors, typed arrays or batches, with or without labels
 * @throws BnfreeError with all issues, before the long work begins
 */
export async function distillLayerwise(
  teacher: RunOptions['teacher'],
  data: RunOptions['data'],
  options: DistillOptions = {},
): Promise<DistillResult> {
  const { plan, fit, block, tail, retrain, tune, recipe, run } = groupOptions(options);
  const distiller = new Distiller({
    plan: (opened) => planStudent(opened, plan),
    layer: pipe(initializeFromTeacher(), fit, correctBias(), freezeLayer()),
    ...(block === undefined ? {} : { block }),
    ...(tail === 'retrained' ? { tail: retrainTail(retrain) } : {}),
    model: pipe(tune),
    checks: [integerOnly(), accumulatorFits(), matchesFakeQuantize()],
    ...recipe,
  });
  return distiller.run({ teacher, data, ...run });
}
