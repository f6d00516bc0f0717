import { type Draw, type Taste, drawFrom } from './draw.js';
import { sequence } from './sequence.js';

/** Draws from a seed: the same seed gives the same draws on every engine. The ends of a range come up often. */
export function seededDraw(seed: number, taste: Taste = 'any'): Draw {
  const next = sequence(seed);
  return drawFrom((min, max) => {
    const where = next();
    if (where < 1 / 16) return min;
    if (where < 1 / 8) return max;
    return min + Math.floor(next() * (max - min + 1));
  }, taste);
}
