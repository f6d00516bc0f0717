import type { LayerParameters, LayerSteps } from '../layers/stages.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { kernelRows } from '../trainable/kernelRows.js';
import { nearestWeight, weightGrid } from './weightGrid.js';

/**
 * Moves the weight steps to where `weightStep * inputScale / activationStep` is a power of two or one over an integer,
 * for the schemes that can have nothing else. The ratio is then fixed; the activation step stays free.
 */
export function onSchemeGrid(
  plan: PlannedLayer,
  parameters: LayerParameters,
  weightSteps: Float32Array,
  activationStep: number | null,
  inputScale: number,
): LayerSteps {
  const free = { weightSteps, activationStep, fixedRatios: null };
  if (activationStep === null) return free;
  const ratios = Array.from(weightSteps, (step) => (step * inputScale) / activationStep);
  const nearest = nearestRatio[plan.requantization];
  if (nearest === undefined) return free;
  const rows = ratios.length === 1 ? [parameters.kernel] : kernelRows(plan, parameters);
  const fixedRatios = Float32Array.from(ratios, (ratio, row) =>
    nearest(ratio, (candidate) => weightError(plan, rows[row], (candidate * activationStep) / inputScale)),
  );
  return {
    weightSteps: fixedRatios.map((ratio) => (ratio * activationStep) / inputScale),
    activationStep,
    fixedRatios,
  };
}

type NearestRatio = (ratio: number, error: (candidate: number) => number) => number;

const maxShift = 31;

const nearestRatio: { readonly [Scheme in PlannedLayer['requantization']]?: NearestRatio } = {
  divide: (ratio) => 1 / Math.max(1, Math.min(2 ** 20, Math.round(1 / ratio))),
  shiftPerLayer: nearestShift,
  shiftPerChannel: nearestShift,
};

/** Of the two powers of two around a ratio, the one whose weight step has the lesser error. */
function nearestShift(ratio: number, error: (candidate: number) => number): number {
  const shift = Math.floor(-Math.log2(ratio));
  const [fine, coarse] = [shift + 1, shift].map((s) => 2 ** -Math.min(maxShift, Math.max(0, s))) as [
    number,
    number,
  ];
  return error(fine) <= error(coarse) ? fine : coarse;
}

function weightError(plan: PlannedLayer, weights: Float32Array, step: number): number {
  const grid = weightGrid(plan.weights.bits, plan.weights.code);
  return weights.reduce((sum, w) => sum + (w - nearestWeight(w / step, grid) * step) ** 2, 0);
}
