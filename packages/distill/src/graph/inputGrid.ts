import { rationalToDyadic } from '../layers/dyadic.js';
import type { ValueGrid } from '../layers/stages.js';
import type { StudentPlan } from '../plan/studentPlan.js';

/** Grid of the stored pixels. */
export function inputGrid({ input }: StudentPlan): ValueGrid {
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
