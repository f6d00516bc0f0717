import type { CalibratedMerge } from '../layers/stages.js';
import type { PlannedMerge } from '../plan/studentPlan.js';
import { leastSquares } from '../training/observers.js';
import { observeTap } from '../training/observeTap.js';
import type { CalibrateRangeOptions } from './calibrateRange.js';
import type { LayerContext, Pass } from './pass.js';

/** How merges are made: their grid is all that there is to choose. */
export type MergePass = Pass<PlannedMerge, CalibratedMerge, LayerContext>;

/** Chooses the grid of a residual sum or a concatenation by an observer of the teacher's tap. */
export function calibrateMerge(options: CalibrateRangeOptions = {}): MergePass {
  const { observer = leastSquares(), images = 256 } = options;
  return {
    name: 'calibrateMerge',
    settings: `${observer.name} images=${images}`,
    run: async (plan, context) => ({
      stage: 'calibrated',
      plan,
      activationStep: await observeTap(plan, context, observer, images),
    }),
  };
}
