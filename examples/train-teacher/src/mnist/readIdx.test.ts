import type { BnfreeError } from '@bnfree/core';
import { describe, expect, test } from '@jest/globals';
import { readIdx } from './readIdx.js';

const file = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

describe('readIdx', () => {
  test('reads shape and values', () => {
    expect(readIdx(file, 'x')).toEqual({ shape: [2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  });

  test.each([
    ['empty', new Uint8Array()],
    ['cut in its header', file.subarray(0, 9)],
    ['cut in its values', file.subarray(0, -1)],
    ['with a byte too many', Uint8Array.of(...file, 7)],
    ['of another type', Uint8Array.of(0, 0, 13, ...file.subarray(3))],
    ['of other magic', Uint8Array.of(1, 0, 8, ...file.subarray(3))],
    ['without dimensions', Uint8Array.of(0, 0, 8, 0)],
  ])('refuses a file that is %s', (_, bytes) => {
    let thrown: unknown;
    try {
      readIdx(bytes, 'x');
    } catch (error) {
      thrown = error;
    }
    const { code, issues } = thrown as BnfreeError;
    expect([code, issues[0].path]).toEqual(['DATASET_DAMAGED', 'x']);
  });
});
