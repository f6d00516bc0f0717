import type { Issue } from '../errors.js';
import { packedRowBytes, weightRowLength } from '../packing/packedRowBytes.js';
import { weightRange } from '../packing/decodeWeight.js';
import type { WeightCode, WeightFormat, Weights } from '../weights.js';
import {
  type Check,
  type FieldChecks,
  checkFields,
  integer,
  invalid,
  isIntegerIn,
  isRecord,
  oneOf,
} from './checkFields.js';
import { isTypedArray } from './isTypedArray.js';
import { checkShape } from './checkShape.js';

const weightCodes: readonly WeightCode[] = ['twosComplement', 'unsigned', 'odd', 'sign'];

/** Checks packed weights: format, shape, and data of exactly the packed length. */
export const weights: Check = (value, path) => {
  const issues = checkFields(
    value,
    {
      ...formatFields(value),
      shape: (shape, shapePath) => checkShape(shape, shapePath),
      data: bytes,
    },
    path,
  );
  return issues.length > 0 ? issues : checkDataLength(value as Weights, path);
};

/** Checks bits, code and zero point. */
export function checkWeightFormat(value: unknown, path: string): Issue[] {
  return checkFields(value, formatFields(value), path);
}

function formatFields(value: unknown): FieldChecks {
  const format = isRecord(value) ? value : {};
  const code = weightCodes.find((name) => name === format['code']);
  const bits = isIntegerIn(format['bits'], 1, 8) ? format['bits'] : undefined;
  const isKnown = code !== undefined && bits !== undefined;
  const range = isKnown
    ? weightRange({ bits, code } satisfies Omit<WeightFormat, 'zeroPoint'>)
    : { min: -255, max: 255 };
  return {
    bits: code === 'sign' ? integer(1, 1) : integer(1, 8),
    code: oneOf(...weightCodes),
    zeroPoint: integer(range.min, range.max),
  };
}

const bytes: Check = (value, path) =>
  isTypedArray(value, 'Uint8Array')
    ? []
    : [invalid(path, value, 'a Uint8Array of packed codes', 'pack the weights with packWeights')];

function checkDataLength({ shape, bits, data }: Weights, path: string): Issue[] {
  const expected = shape[0] * packedRowBytes(weightRowLength(shape), bits);
  if (data.length === expected) return [];
  return [
    {
      code: 'WRONG_LENGTH',
      path: `${path}.data`,
      message: `got ${data.length} bytes, expected ${expected} for shape [${shape.join(', ')}] at ${bits} bits`,
      fix: 'pack the weights with packWeights',
    },
  ];
}
