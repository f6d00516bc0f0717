import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { isTypedArray } from './isTypedArray.js';

test('knows typed arrays of this and of other realms', () => {
  expect(isTypedArray(Int32Array.of(1), 'Int32Array')).toBe(true);
  expect(isTypedArray(runInNewContext('Int32Array.of(1)'), 'Int32Array')).toBe(true);
  expect(isTypedArray(Buffer.of(1), 'Uint8Array')).toBe(true);
});

test('knows other things apart', () => {
  for (const value of [
    Int16Array.of(1),
    [1],
    undefined,
    null,
    'Int32Array',
    { [Symbol.toStringTag]: 'Int32Array' },
  ]) {
    expect(isTypedArray(value, 'Int32Array')).toBe(false);
  }
});
