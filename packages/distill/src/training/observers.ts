import type { Looks } from './severalLooks.js';

/** Distribution of an activation: counts of magnitudes in equal bins up to the largest. */
export interface MagnitudeHistogram {
  readonly largest: number;
  readonly counts: Float64Array;
}

/** Chooses what one step of an activation grid is worth. `levels` is the grid's largest integer. */
export interface ActivationObserver {
  readonly name: string;
  step(histogram: MagnitudeHistogram, levels: number): number;
}

const bins = 4096;

/** Histogram of the magnitudes of float chunks, in two looks; negative values count only where the grid is signed. */
export async function observeMagnitudes(
  chunks: Looks<Float32Array>,
  isSigned: boolean,
): Promise<MagnitudeHistogram> {
  const magnitude = (x: number): number => (isSigned ? Math.abs(x) : Math.max(0, x));
  let largest = 0;
  for await (const chunk of chunks()) for (const x of chunk) largest = Math.max(largest, magnitude(x));
  const counts = new Float64Array(bins);
  if (largest > 0) {
    for await (const chunk of chunks()) {
      for (const x of chunk) {
        const bin = Math.min(bins - 1, Math.floor((magnitude(x) / largest) * bins));
        counts[bin] = counts[bin] + 1;
      }
    }
  }
  return { largest, counts };
}

/** The grid covers everything that was seen. */
export function minMax(): ActivationObserver {
  return { name: 'minMax', step: ({ largest }, levels) => positive(largest / levels) };
}

/** The grid covers `percent` (0 to 100) of the values that are not zero. */
export function percentile(percent: number): ActivationObserver {
  if (!(percent > 0 && percent <= 100))
    throw new RangeError(`percentile: expected above 0 up to 100, got ${percent}`);
  return {
    name: `percentile(${percent})`,
    step({ largest, counts }, levels) {
      const total = counts.reduce((a, b, bin) => (bin === 0 ? a : a + b), 0);
      let seen = 0;
      for (let bin = 1; bin < bins; bin += 1) {
        seen += counts[bin];
        if (seen >= (total * percent) / 100) return positive(((bin + 1) / bins) * (largest / levels));
      }
      return positive(largest / levels);
    },
  };
}

/** The grid with the least mean squared error over what was seen. */
export function leastSquares(): ActivationObserver {
  return {
    name: 'leastSquares',
    step({ largest, counts }, levels) {
      let best = { step: positive(largest / levels), error: Infinity };
      const candidates = 100;
      for (let i = 1; i <= candidates; i += 1) {
        const step = (largest / levels) * (i / candidates);
        if (step <= 0) continue;
        let error = 0;
        for (let bin = 0; bin < bins; bin += 1) {
          const value = ((bin + 0.5) / bins) * largest;
          const quantized = Math.min(levels, Math.floor(value / step + 0.5)) * step;
          error += counts[bin] * (value - quantized) ** 2;
        }
        if (error < best.error) best = { step, error };
      }
      return best.step;
    },
  };
}

/** A tap that is always zero still needs a grid. */
function positive(step: number): number {
  return step > 0 ? step : 1;
}
