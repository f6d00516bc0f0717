import type { InitializedLayer } from '../layers/stages.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { biasPlace } from '../training/quantizeBias.js';
import type { LayerPass } from './pass.js';

/** Starts a layer from the teacher's weights, normalisation folded in, or from the tail that a tandem pass retrained. */
export function initializeFromTeacher(): LayerPass<PlannedLayer, InitializedLayer> {
  return {
    name: 'initializeFromTeacher',
    settings: '',
    run: (plan, { tail }) => {
      const parameters = tail.parameters(plan.name);
      const hasBias = biasPlace(plan) !== 'none';
      return Promise.resolve({
        stage: 'initialized',
        plan,
        parameters: hasBias ? parameters : { ...parameters, bias: new Float32Array(parameters.bias.length) },
      });
    },
  };
}
