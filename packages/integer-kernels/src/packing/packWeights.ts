import { checkWeightFormat } from '../checks/checkWeights.js';
import { checkShape } from '../checks/checkShape.js';
import { BnfreeError, throwIfIssues } from '../errors.js';
import type { WeightFormat, Weights } from '../weights.js';
import { encodeWeight, weightRange } from './decodeWeight.js';
import { packedRowBytes, weightRowLength } from './packedRowBytes.js';

/**
 * Packs weights as they are used: each value is `decode(code) - zeroPoint`.
 *
 * The inverse of {@link unpackWeights}. `values` are whole numbers in the order of `shape`, `[outputChannels, ...]`.
 * Throws `WEIGHT_OUT_OF_RANGE` for a value that the format cannot hold.
 */
export function packWeights(
  values: ArrayLike<number>,
  shape: readonly number[],
  format: WeightFormat,
): Weights {
  assertShapeAndFormat(values.length, shape, format);
  return packRows(shape, format, (index) => {
    const value = values[index];
    const code = encodeWeight(value + format.zeroPoint, format);
    if (code < 0) throw outOfRange(index, value, format);
    return code;
  });
}

/**
 * Packs codes, the unsigned bit patterns of `bits` bits that {@link WeightFormat} gives a meaning to.
 *
 * Throws `WEIGHT_OUT_OF_RANGE` for a code outside `0 .. 2^bits - 1`.
 */
export function packCodes(codes: ArrayLike<number>, shape: readonly number[], format: WeightFormat): Weights {
  assertShapeAndFormat(codes.length, shape, format);
  return packRows(shape, format, (index) => {
    const code = codes[index];
    if (Number.isInteger(code) && code >= 0 && code < 1 << format.bits) return code;
    throw new BnfreeError([
      {
        code: 'WEIGHT_OUT_OF_RANGE',
        path: `codes[${index}]`,
        message: `got ${String(code)}, expected a whole number of 0 .. ${(1 << format.bits) - 1}`,
        fix: 'pass bit patterns, or call packWeights with the weights themselves',
      },
    ]);
  });
}

function packRows(
  shape: readonly number[],
  format: WeightFormat,
  codeAt: (index: number) => number,
): Weights {
  const { bits, code, zeroPoint } = format;
  const rowLength = weightRowLength(shape);
  const rowBytes = packedRowBytes(rowLength, bits);
  const rows = shape[0];
  const data = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < rowLength; i += 1) {
      const bit = i * bits;
      const byte = row * rowBytes + Math.floor(bit / 8);
      const pattern = codeAt(row * rowLength + i) << (bit & 7);
      data[byte] |= pattern & 0xff;
      if (pattern > 0xff) data[byte + 1] |= pattern >>> 8;
    }
  }
  return { bits, code, zeroPoint, shape: [...shape], data };
}

function assertShapeAndFormat(length: number, shape: readonly number[], format: WeightFormat): void {
  const { bits, code, zeroPoint } = format;
  throwIfIssues([...checkShape(shape, 'shape'), ...checkWeightFormat({ bits, code, zeroPoint }, 'format')]);
  const expected = shape[0] * weightRowLength(shape);
  if (length === expected) return;
  throw new BnfreeError([
    {
      code: 'WRONG_LENGTH',
      path: 'values',
      message: `got ${length} values, expected ${expected} for shape [${shape.join(', ')}]`,
      fix: 'pass one value for every element of the shape',
    },
  ]);
}

function outOfRange(index: number, value: number, format: WeightFormat): BnfreeError {
  const { min, max } = weightRange(format);
  const odd = format.code === 'odd' || format.code === 'sign' ? ' in steps of 2' : '';
  return new BnfreeError([
    {
      code: 'WEIGHT_OUT_OF_RANGE',
      path: `values[${index}]`,
      message: `got ${String(value)}, expected a whole number of ${min - format.zeroPoint} .. ${max - format.zeroPoint}${odd}`,
      fix: 'clamp the weights to the format, or choose more bits',
    },
  ]);
}
