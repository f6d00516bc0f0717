import { rationalToDyadic } from '../layers/dyadic.js';
import type { ValueGrid } from '../layers/stages.js';
import type { PlannedInput } from '../plan/studentPlan.js';

/** Grid of an input's stored pixels. */
export function inputGrid(input: PlannedInput): ValueGrid {
  return {
    tensor: {
      shape: [1, ...input.shape],
      type: 'uint8',
      zeroPoint: input.zeroPoint,
      quantMin: 0,
      quantMax: 255,
    },
    scale: rationalToDyadic(input.scale),
  };
}
