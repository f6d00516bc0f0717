import type { Issue } from '../errors.js';
import { type Check, invalid } from './checkFields.js';
import { isTypedArray } from './isTypedArray.js';

/** Checks that a value is an Int32Array. */
export const int32Array: Check = (value, path) =>
  isTypedArray(value, 'Int32Array')
    ? []
    : [invalid(path, value, 'an Int32Array', `write ${path}: Int32Array.of(...)`)];

/** Checks that a bias, where there is one, has one entry per output channel. */
export function checkBias(bias: Int32Array | undefined, channels: number): Issue[] {
  if (bias === undefined || bias.length === channels) return [];
  return [
    {
      code: 'WRONG_LENGTH',
      path: 'bias',
      message: `got ${bias.length} entries, expected ${channels}, one per output channel`,
      fix: 'give every output channel its bias, or leave the bias out',
    },
  ];
}
