import type { DistillEvent } from '../events.js';
import type { LossCurve } from './distillReport.js';

/** Points of a curve: enough to see its shape, whatever the number of steps. */
const pointsPerCurve = 100;

/** Hears events and keeps the losses of each pass. */
export interface LossRecorder {
  hear(event: DistillEvent): void;
  curves(): LossCurve[];
}

interface OpenCurve {
  readonly layer: string;
  readonly pass: string;
  readonly points: [number, number][];
  sum: number;
  count: number;
}

/** Starts with no losses. */
export function recordLosses(): LossRecorder {
  const curves = new Map<string, OpenCurve>();
  return {
    hear(event) {
      if (event.type !== 'step') return;
      const { layer, pass, step, steps, loss } = event;
      const key = JSON.stringify([layer, pass]);
      const curve = curves.get(key) ?? { layer, pass, points: [], sum: 0, count: 0 };
      curves.set(key, curve);
      curve.sum += loss;
      curve.count += 1;
      const isPoint =
        Math.floor((step * pointsPerCurve) / steps) > Math.floor(((step - 1) * pointsPerCurve) / steps);
      if (!isPoint) return;
      curve.points.push([step, curve.sum / curve.count]);
      curve.sum = 0;
      curve.count = 0;
    },
    curves: () => [...curves.values()].map(({ layer, pass, points }) => ({ layer, pass, points })),
  };
}
