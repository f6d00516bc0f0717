import { fromDyadic } from '../layers/dyadic.js';
import type { CalibratedLayer, InitializedLayer } from '../layers/stages.js';
import { calibrateWeights } from '../training/calibrateWeights.js';
import { leastSquares, type ActivationObserver } from '../training/observers.js';
import { observeTap } from '../training/observeTap.js';
import { onSchemeGrid } from '../training/schemeGrid.js';
import type { LayerPass } from './pass.js';

export interface CalibrateRangeOptions {
  /** Chooses the activation step from the teacher's tap. `leastSquares()` by default. */
  readonly observer?: ActivationObserver;
  /** Images to look at; 256 by default. */
  readonly images?: number;
}

/** Chooses the grid of a layer's weights (least squares) and of its output (an observer of the tap). */
export function calibrateRange(
  options: CalibrateRangeOptions = {},
): LayerPass<InitializedLayer, CalibratedLayer> {
  const { observer = leastSquares(), images = 256 } = options;
  return {
    name: 'calibrateRange',
    settings: `${observer.name} images=${images}`,
    async run({ plan, parameters }, context) {
      const weightSteps = calibrateWeights(plan, parameters);
      const activationStep =
        plan.activations === null ? null : await observeTap(plan, context, observer, images);
      const steps = onSchemeGrid(
        plan,
        parameters,
        weightSteps,
        activationStep,
        fromDyadic(context.training.inputGrid.scale),
      );
      return { stage: 'calibrated', plan, parameters, steps };
    },
  };
}
