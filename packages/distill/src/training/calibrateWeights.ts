import type { LayerParameters } from '../layers/stages.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { kernelRows } from '../trainable/kernelRows.js';
import { weightGrid } from './weightGrid.js';
import { searchWeightStep } from './weightStepSearch.js';

/** One step for the layer, or one per channel. Logits always share one, so that they compare. */
export function calibrateWeights(plan: PlannedLayer, parameters: LayerParameters): Float32Array {
  const grid = weightGrid(plan.weights.bits, plan.weights.code);
  const isPerChannel =
    plan.activations !== null &&
    ['perChannel', 'shiftPerChannel', 'thresholds'].includes(plan.requantization);
  if (!isPerChannel) return Float32Array.of(searchWeightStep(parameters.kernel, grid));
  return Float32Array.from(kernelRows(plan, parameters), (row) => searchWeightStep(row, grid));
}
