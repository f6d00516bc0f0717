import {
  type ActivationSpec,
  type TensorValues,
  type WeightFormat,
  type Weights,
  packCodes,
} from '../../src/index.js';

/** How values fill a tensor. */
export type Pattern = 'smallest' | 'largest' | 'alternating';

export const patterns: readonly Pattern[] = ['smallest', 'largest', 'alternating'];

/** Formats of activations and weights that meet each other. */
export interface OperandKind {
  readonly input: Omit<ActivationSpec, 'shape'>;
  readonly weights: WeightFormat;
}

const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const uint8 = { type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 255 } as const;
const w8 = { bits: 8, code: 'twosComplement', zeroPoint: 0 } as const;

/** The ranges at which kernels choose one way or another: 8 bits, 7 bits after a ReLU, zero points at the ends, 4, 2 and 1 bits. */
export const operandKinds: readonly OperandKind[] = [
  { input: int8, weights: w8 },
  { input: { ...int8, quantMin: 0 }, weights: w8 },
  { input: { ...uint8, zeroPoint: 128 }, weights: w8 },
  { input: { ...int8, zeroPoint: -128 }, weights: { ...w8, code: 'unsigned', zeroPoint: 255 } },
  { input: { ...int8, zeroPoint: 127 }, weights: { bits: 7, code: 'odd', zeroPoint: 0 } },
  { input: { ...uint8, quantMax: 15 }, weights: { ...w8, bits: 4 } },
  { input: { ...int8, quantMin: -8, quantMax: 7 }, weights: { bits: 4, code: 'odd', zeroPoint: 0 } },
  { input: { ...int8, quantMin: 0 }, weights: { ...w8, bits: 2 } },
  { input: { ...uint8, quantMax: 3 }, weights: { ...w8, bits: 2 } },
  { input: { ...uint8, quantMax: 3 }, weights: { bits: 1, code: 'sign', zeroPoint: 0 } },
  { input: { ...uint8, quantMax: 1 }, weights: { bits: 1, code: 'sign', zeroPoint: 0 } },
  { input: { ...int8, quantMin: -1, quantMax: 0 }, weights: { bits: 1, code: 'unsigned', zeroPoint: 1 } },
];

/** Weights whose codes follow a pattern from the smallest to the largest level. */
export function extremeWeights(pattern: Pattern, shape: readonly number[], format: WeightFormat): Weights {
  const length = shape.reduce((product, size) => product * size, 1);
  // Two's complement holds the smallest level in the middle of the codes.
  const isTwosComplement = format.code === 'twosComplement';
  const top = 2 ** format.bits - 1;
  const [smallest, largest] = isTwosComplement ? [2 ** (format.bits - 1), (top - 1) / 2] : [0, top];
  return packCodes(fill(pattern, length, smallest, largest), shape, format);
}

/** Values of an activation that follow a pattern. */
export function extremeValues(
  pattern: Pattern,
  { shape, type, quantMin, quantMax }: ActivationSpec,
): TensorValues {
  const length = shape.reduce((product, size) => product * size, 1);
  const ValueArray = { int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[type];
  return ValueArray.from(fill(pattern, length, quantMin, quantMax));
}

function fill(pattern: Pattern, length: number, smallest: number, largest: number): number[] {
  const ends = { smallest: [smallest], largest: [largest], alternating: [smallest, largest] }[pattern];
  return Array.from({ length }, (_, index) => ends[index % ends.length]);
}
