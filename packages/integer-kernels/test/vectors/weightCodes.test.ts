import { describe, expect, test } from '@jest/globals';
import { readCodes, transpose, weightsOf } from './weightCodes.js';

describe('weight codes', () => {
  test('are read low nibble first', () => {
    expect(readCodes([0x21, 0xf3, 0x0d], 4, 5)).toEqual([1, 2, 3, 15, 13]);
    expect(readCodes([0b11100100], 2, 4)).toEqual([0, 1, 2, 3]);
  });

  test('of negative values are two complement', () => {
    const format = { bits: 4, code: 'twosComplement', zeroPoint: 0 } as const;
    expect([...weightsOf([-1, 2, -8], [1, 3], format).data]).toEqual([0x2f, 0x08]);
  });
});

test('transpose moves the named axes', () => {
  expect(transpose([0, 1, 2, 3, 4, 5], [2, 3], [1, 0])).toEqual([0, 3, 1, 4, 2, 5]);
});
