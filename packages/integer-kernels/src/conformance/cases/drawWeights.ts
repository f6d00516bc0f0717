import { type WeightFormat, type Weights, packCodes, weightRange } from '@bnfree/integer-kernels';
import type { Draw } from '../draw.js';
import { drawIntegers } from './drawIntegers.js';

/** A weight format of any width, code and zero point. */
export function drawWeightFormat(draw: Draw): WeightFormat {
  const code = draw.pick('twosComplement', 'twosComplement', 'unsigned', 'odd', 'sign');
  const bits = code === 'sign' ? 1 : draw.pick(draw.int(1, 8), 8, 4, draw.int(1, 4));
  const { min, max } = weightRange({ bits, code });
  return { bits, code, zeroPoint: draw.chance(3) ? draw.int(min, max) : Math.max(min, 0) };
}

/** Packed weights of a shape. */
export function drawWeights(draw: Draw, shape: readonly number[]): Weights {
  const format = drawWeightFormat(draw);
  const length = shape.reduce((product, size) => product * size, 1);
  return packCodes(drawIntegers(draw, length, 0, 2 ** format.bits - 1), shape, format);
}
