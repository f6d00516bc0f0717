import { observeMagnitudes, type ActivationObserver } from './observers.js';
import type { Looks } from './severalLooks.js';

/** A grid that need not be symmetric: integers `-zeroPoint .. levels - zeroPoint` times the step. */
export interface RangeGrid {
  readonly step: number;
  readonly zeroPoint: number;
}

/**
 * Divides the levels of a grid between the values below and above zero as the values reach, and lets the observer choose the
 * step on the longer side. `levels` is the largest stored value.
 */
export async function observeRange(
  chunks: Looks<Float32Array>,
  levels: number,
  observer: ActivationObserver,
): Promise<RangeGrid> {
  let lowest = 0;
  let highest = 0;
  for await (const chunk of chunks()) {
    for (const x of chunk) {
      lowest = Math.min(lowest, x);
      highest = Math.max(highest, x);
    }
  }
  const span = highest - lowest;
  const share = span === 0 ? 0 : Math.round((levels * -lowest) / span);
  // One bit has no level to spare.
  const zeroPoint = lowest === 0 || levels < 2 ? 0 : Math.min(levels - 1, Math.max(1, share));
  const isUpper = highest >= -lowest || zeroPoint === 0;
  const longer = isUpper ? chunks : negated(chunks);
  const step = observer.step(
    await observeMagnitudes(longer, false),
    isUpper ? levels - zeroPoint : zeroPoint,
  );
  return { step: Math.fround(step), zeroPoint };
}

function negated(chunks: Looks<Float32Array>): Looks<Float32Array> {
  return async function* () {
    for await (const chunk of chunks()) yield chunk.map((x) => -x);
  };
}
