import type { WeightFormat } from '../weights.js';

/** The weight level that a code stands for, before the zero point is subtracted. */
export function decodeWeight(code: number, { bits, code: meaning }: WeightFormat): number {
  switch (meaning) {
    case 'unsigned':
      return code;
    case 'twosComplement':
      return (code << (32 - bits)) >> (32 - bits);
    case 'odd':
      return (code << 1) - ((1 << bits) - 1);
    case 'sign':
      return (code << 1) - 1;
  }
}

/** The code of a weight level, or -1 where the format has none for it. */
export function encodeWeight(level: number, format: WeightFormat): number {
  const { min, max } = weightRange(format);
  if (!Number.isInteger(level) || level < min || level > max) return -1;
  switch (format.code) {
    case 'unsigned':
      return level;
    case 'twosComplement':
      return level & ((1 << format.bits) - 1);
    case 'odd':
    case 'sign': {
      const doubled = level - min;
      return (doubled & 1) === 0 ? doubled >> 1 : -1;
    }
  }
}

/** Smallest and largest level of a format, before the zero point is subtracted. */
export function weightRange({ bits, code }: Pick<WeightFormat, 'bits' | 'code'>): {
  readonly min: number;
  readonly max: number;
} {
  switch (code) {
    case 'unsigned':
      return { min: 0, max: (1 << bits) - 1 };
    case 'twosComplement':
      return { min: -(1 << (bits - 1)), max: (1 << (bits - 1)) - 1 };
    case 'odd':
      return { min: 1 - (1 << bits), max: (1 << bits) - 1 };
    case 'sign':
      return { min: -1, max: 1 };
  }
}
