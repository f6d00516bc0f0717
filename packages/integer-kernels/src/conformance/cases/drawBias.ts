import { type Draw, isWild } from '../draw.js';
import { drawIntegers } from './drawIntegers.js';

/** A bias for every channel: none, small, or up to all the room that the products leave in an int32. */
export function drawBias(draw: Draw, channels: number, products: number): { readonly bias?: Int32Array } {
  if (draw.chance(3)) return {};
  const room = 0x7fffffff - products;
  const limit = isWild(draw, 3) ? room : Math.min(room, draw.pick(100, 10000));
  return { bias: Int32Array.from(drawIntegers(draw, channels, -limit, limit)) };
}
