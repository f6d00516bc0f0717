import type { Draw } from '../draw.js';

/** How large the ops are: small ones for the slow oracle, larger ones to cross every vector width. */
export type Size = 'small' | 'large';

/** Number of channels, around the multiples of 4, 8 and 16 that vectors have. */
export function drawChannels(draw: Draw, size: Size): number {
  if (size === 'small') return draw.pick(1, 2, 3, 4, draw.int(1, 10));
  return draw.pick(1, 3, 8, 16, 17, 24, 32, draw.int(1, 70));
}

/** Height or width of an image. */
export function drawExtent(draw: Draw, size: Size): number {
  return draw.int(1, size === 'small' ? 6 : 13);
}

/** Images in a batch. */
export function drawBatch(draw: Draw): number {
  return draw.pick(1, 1, 1, 2, 3);
}
