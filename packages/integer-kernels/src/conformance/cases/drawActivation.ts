import { type ActivationSpec, type ElementType, elementRange } from '@bnfree/integer-kernels';
import type { Draw } from '../draw.js';

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
  const zeroPoint = draw.pick(0, draw.int(min, max), min, max);
  switch (draw.int(1, 5)) {
    case 1: {
      const quantMin = draw.int(min, max);
      return { shape, type, zeroPoint, quantMin, quantMax: draw.int(quantMin, max) };
    }
    case 2: {
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

export const byteTypes = ['int8', 'uint8'] as const;
export const anyTypes = ['int8', 'uint8', 'int32'] as const;
export const mostlyByteTypes = ['int8', 'uint8', 'int8', 'uint8', 'int32'] as const;
