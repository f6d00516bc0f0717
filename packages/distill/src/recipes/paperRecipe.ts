import { accumulatorFits } from '../checks/accumulatorFits.js';
import { integerOnly } from '../checks/integerOnly.js';
import { matchesFakeQuantize } from '../checks/matchesFakeQuantize.js';
import type { DistillerOptions } from '../distiller.js';
import { calibrateRange } from '../passes/calibrateRange.js';
import { chooseDivisor, type ChooseDivisorOptions } from '../passes/chooseDivisor.js';
import { compensateEndToEnd, type CompensateEndToEndOptions } from '../passes/compensateEndToEnd.js';
import { fitToTap, type FitToTapOptions } from '../passes/fitToTap.js';
import { freezeLayer } from '../passes/freezeLayer.js';
import { initializeFromTeacher } from '../passes/initializeFromTeacher.js';
import { pipe } from '../passes/pipe.js';
import { retrainTail, type RetrainTailOptions } from '../passes/retrainTail.js';
import type { PlanOptions } from '../plan/planOptions.js';
import { planStudent } from '../plan/planStudent.js';

type Numbers = Pick<DistillerOptions, 'batchSize' | 'fitImages' | 'augmentation' | 'baseline'>;

export interface PaperRecipeOptions
  extends
    Pick<PlanOptions, 'input' | 'inputs' | 'classes' | 'layers' | 'weights' | 'activations' | 'firstAndLast'>,
    Numbers {
  /** Stage 1: the search for each layer's integer scale factor. */
  readonly divisor?: ChooseDivisorOptions;
  /** Stage 2: the fit of each layer; it ends after 6 looks without a new best unless told otherwise. */
  readonly fit?: Omit<FitToTapOptions, 'tailWeight'>;
  /**
   * What the teacher's remaining layers do in stage 2, which the paper's public text does not decide: retrain behind each frozen layer
   * (its parent, arXiv 2007.01204), add their loss to each fit, or nothing. `retrained` by default.
   */
  readonly tail?: 'retrained' | 'frozen' | 'none';
  readonly retrainTail?: RetrainTailOptions;
  /** Stage 3: end to end; 200 steps by default, 0 leaves it out. */
  readonly tune?: Partial<CompensateEndToEndOptions>;
}

/**
 * The student of arXiv 2512.16476 as far as its public text tells: one integer scale factor a layer, learned first and then fixed, no bias.
 *
 * Weights and activations keep the bits of a low-bit teacher (see {@link teacherLayers}); of a float teacher they are 8 bits
 * unless told otherwise. Only the logits, which nothing divides, keep a bias.
 */
export function paperRecipe(options: PaperRecipeOptions = {}): DistillerOptions {
  const { divisor, fit, tail = 'retrained', retrainTail: retrain, tune } = options;
  const { batchSize, fitImages, augmentation, baseline, ...rest } = options;
  const { divisor: _1, fit: _2, tail: _3, retrainTail: _4, tune: _5, ...plan } = rest;
  const numbers: Numbers = {
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(fitImages === undefined ? {} : { fitImages }),
    ...(augmentation === undefined ? {} : { augmentation }),
    ...(baseline === undefined ? {} : { baseline }),
  };
  return {
    plan: (teacher) => planStudent(teacher, { ...plan, requantization: 'divide' }),
    layer: pipe(
      initializeFromTeacher(),
      calibrateRange(),
      chooseDivisor(divisor),
      fitToTap({ patience: 6, ...fit, tailWeight: tail === 'frozen' ? 1 : 0 }),
      freezeLayer(),
    ),
    ...(tail === 'retrained' ? { tail: retrainTail(retrain) } : {}),
    model: pipe(compensateEndToEnd({ ...tune, steps: tune?.steps ?? 200 })),
    checks: [integerOnly(), accumulatorFits(), matchesFakeQuantize()],
    ...numbers,
  };
}
