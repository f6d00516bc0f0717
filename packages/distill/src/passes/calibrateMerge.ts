import type { CalibratedMerge } from '../layers/stages.js';
import type { PlannedMerge } from '../plan/studentPlan.js';
import { leastSquares } from '../training/observers.js';
import { observeRange } from '../training/observeRange.js';
import { observeTap, readTap } from '../training/observeTap.js';
import type { CalibrateRangeOptions } from './calibrateRange.js';
import type { LayerContext, Pass } from './pass.js';

/** How merges are made: their grid is all that there is to choose. */
export type MergePass = Pass<PlannedMerge, CalibratedMerge, LayerContext>;

/** Chooses the grid of a residual sum, a concatenation or a function by an observer of the teacher's tap. */
export function calibrateMerge(options: CalibrateRangeOptions = {}): MergePass {
  const { observer = leastSquares(), images = 256 } = options;
  return {
    name: 'calibrateMerge',
    settings: `${observer.name} images=${images}`,
    async run(plan, context) {
      if (plan.operation.kind !== 'lookup') {
        const activationStep = await observeTap(plan, context, observer, images);
        return { stage: 'calibrated', plan, activationStep, zeroPoint: 0 };
      }
      const chunks = await readTap(plan, context, images);
      const levels = 2 ** plan.activations.bits - 1;
      const { step, zeroPoint } = await observeRange(chunks, levels, observer);
      return { stage: 'calibrated', plan, activationStep: step, zeroPoint };
    },
  };
}
