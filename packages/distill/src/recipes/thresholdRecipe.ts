import { accumulatorFits } from '../checks/accumulatorFits.js';
import { integerOnly } from '../checks/integerOnly.js';
import { matchesFakeQuantize } from '../checks/matchesFakeQuantize.js';
import type { DistillerOptions } from '../distiller.js';
import { calibrateRange } from '../passes/calibrateRange.js';
import { freezeLayer } from '../passes/freezeLayer.js';
import { initializeFromTeacher } from '../passes/initializeFromTeacher.js';
import { keepTeacherIntegers } from '../passes/keepTeacherIntegers.js';
import { pipe } from '../passes/pipe.js';
import type { PlanOptions } from '../plan/planOptions.js';
import { planStudent } from '../plan/planStudent.js';

/** What can be told of a student that keeps its teacher's integers. */
export type ThresholdRecipeOptions = Pick<PlanOptions, 'input' | 'inputs' | 'classes' | 'layers'>;

/**
 * The exact student of a low-bit teacher: normalization, clipping and rounding become integer thresholds, nothing is trained.
 *
 * The control that a trained student with cheaper requantization is compared with. The teacher's layers are those of
 * {@link teacherLayers}, activations of at most 4 bits.
 */
export function thresholdRecipe(options: ThresholdRecipeOptions = {}): DistillerOptions {
  return {
    plan: (teacher) => planStudent(teacher, { ...options, requantization: 'thresholds' }),
    layer: pipe(initializeFromTeacher(), calibrateRange(), keepTeacherIntegers(), freezeLayer()),
    checks: [integerOnly(), accumulatorFits(), matchesFakeQuantize()],
    baseline: false,
  };
}
