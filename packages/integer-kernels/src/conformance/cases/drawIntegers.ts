import type { Draw } from '../draw.js';
import { sequence } from '../sequence.js';

const patterns = ['uniform', 'uniform', 'extremes', 'smallest', 'largest'] as const;

/**
 * Whole numbers of `min .. max`: uniform, at random ends, or all at one end.
 *
 * One drawn seed stands for all of them, since thousands of draws would make shrinking endless.
 */
export function drawIntegers(draw: Draw, length: number, min: number, max: number): number[] {
  const pattern = draw.pick(...patterns);
  const next = sequence(draw.int(1, 0x7fffffff));
  const span = max - min + 1;
  return Array.from({ length }, () => {
    switch (pattern) {
      case 'uniform':
        return min + Math.floor(next() * span);
      case 'extremes':
        return next() < 0.5 ? min : max;
      case 'smallest':
        return min;
      case 'largest':
        return max;
    }
  });
}
