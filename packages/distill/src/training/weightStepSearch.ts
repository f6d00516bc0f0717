import { nearestWeight, type WeightGrid } from './weightGrid.js';

const candidates = 80;
const largestSample = 1 << 16;

/** The step with the least mean squared error of `integer * step` against the weights; 1 when all are zero. */
export function searchWeightStep(weights: ArrayLike<number>, grid: WeightGrid): number {
  const sample = thinned(weights);
  const largest = sample.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (largest === 0) return 1;
  // One bit has no range to choose: the mean magnitude is the least-squares answer.
  if (grid.code === 'sign') return sample.reduce((a, b) => a + Math.abs(b), 0) / sample.length;
  const levels = Math.max(grid.max, -grid.min);
  let best = { step: largest / levels, error: Infinity };
  for (let i = 1; i <= candidates; i += 1) {
    const step = (largest / levels) * (i / candidates) * 1.05;
    let error = 0;
    for (const weight of sample) error += (weight - nearestWeight(weight / step, grid) * step) ** 2;
    if (error < best.error) best = { step, error };
  }
  return best.step;
}

/** Every n-th weight of a large tensor: the error's minimum does not need them all. */
function thinned(weights: ArrayLike<number>): Float64Array {
  const stride = Math.ceil(weights.length / largestSample);
  return Float64Array.from({ length: Math.ceil(weights.length / stride) }, (_, i) => weights[i * stride]);
}
