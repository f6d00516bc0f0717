import { type ActivationSpec, type ElementType, elementRange } from '@bnfree/integer-kernels';
import { type Draw, isWild } from '../draw.js';

/** An activation of a shape: any storage type of the list, any zero point, the whole range or a part of it. */
export function drawActivation(
  draw: Draw,
  shape: readonly number[],
  types: readonly ElementType[],
): ActivationSpec {
  const type = draw.pick(...types);
  const { min, max } = elementRange[type];
  if (type === 'int32') {
    const limit = draw.pick(0x7fffffff, 0x7fffffff, 100000, 127);
    return { shape, type, zeroPoint: 0, quantMin: -limit - 1, quantMax: limit };
  }
  if (!isWild(draw, 1)) return drawLively(draw, shape, type);
  const zeroPoint = draw.pick(0, draw.int(min, max), min, max);
  switch (draw.int(1, 6)) {
    case 1: {
      const quantMin = draw.int(min, max);
      return { shape, type, zeroPoint, quantMin, quantMax: draw.int(quantMin, max) };
    }
    case 2:
    case 6: {
      // Narrower than 8 bits.
      const levels = 2 ** draw.int(1, 7);
      const quantMin = type === 'uint8' ? 0 : -levels / 2;
      return {
        shape,
        type,
        zeroPoint: draw.int(quantMin, quantMin + levels - 1),
        quantMin,
        quantMax: quantMin + levels - 1,
      };
    }
    case 3:
      // As after a ReLU.
      return { shape, type, zeroPoint, quantMin: zeroPoint, quantMax: max };
    default:
      return { shape, type, zeroPoint, quantMin: min, quantMax: max };
  }
}

/** A range in the middle of which the zero point lies, or which begins at it, as after a ReLU. */
function drawLively(draw: Draw, shape: readonly number[], type: 'int8' | 'uint8'): ActivationSpec {
  const { min, max } = elementRange[type];
  const [quantMin, quantMax] = draw.chance(3)
    ? [type === 'uint8' ? 0 : -(2 ** draw.int(0, 6)), 2 ** draw.int(0, 6) - (type === 'uint8' ? 0 : 1)]
    : [min, max];
  if (draw.chance(3)) return { shape, type, zeroPoint: quantMin, quantMin, quantMax };
  const middle = (quantMin + quantMax) / 2;
  const zeroPoint = Math.floor(middle + (draw.int(-1, 1) * (quantMax - quantMin)) / 8);
  return { shape, type, zeroPoint, quantMin, quantMax };
}

export const byteTypes = ['int8', 'uint8'] as const;
export const anyTypes = ['int8', 'uint8', 'int32'] as const;
export const mostlyByteTypes = ['int8', 'uint8', 'int8', 'uint8', 'int32'] as const;
