import type fc from 'fast-check';
import { type WeightFormat, type Weights, packCodes, weightRange } from '../../src/index.js';
import { type Draw, drawn } from './draw.js';
import { integers } from './integers.js';

/** A weight format of any width, code and zero point. */
export function drawWeightFormat(draw: Draw): WeightFormat {
  const code = draw.pick('twosComplement', 'twosComplement', 'unsigned', 'odd', 'sign');
  const bits = code === 'sign' ? 1 : draw.pick(draw.int(1, 8), 8, 4);
  const { min, max } = weightRange({ bits, code });
  return { bits, code, zeroPoint: draw.chance(3) ? draw.int(min, max) : Math.max(min, 0) };
}

/** Packed weights of a shape. */
export function drawWeights(draw: Draw, shape: readonly number[]): Weights {
  const format = drawWeightFormat(draw);
  const length = shape.reduce((product, size) => product * size, 1);
  return packCodes(integers(draw, length, 0, 2 ** format.bits - 1), shape, format);
}

/** A weight format of any width, code and zero point. */
export const weightFormat: fc.Arbitrary<WeightFormat> = drawn(drawWeightFormat);
