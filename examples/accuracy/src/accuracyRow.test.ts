import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { packRight, unpackRight } from './accuracyRow.js';

test('which images are right survives packing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ max: 1, maxLength: 100 }), (right) => {
      expect(unpackRight(packRight(right), right.length)).toEqual(right);
    }),
  );
});
