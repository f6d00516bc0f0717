import type { Draw } from './draw.js';
import { integers } from './integers.js';

/** A bias for every channel, small, large or none. The op stays far from overflow: its products are small. */
export function drawBias(draw: Draw, channels: number): { readonly bias?: Int32Array } {
  if (draw.chance(3)) return {};
  const limit = draw.pick(100, 10000, 1500000000);
  return { bias: Int32Array.from(integers(draw, channels, -limit, limit)) };
}
