import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { digestLogits } from './evaluateStudent.js';

test('digestLogits is SHA-256 over little-endian int32, however the logits came in parts', () => {
  const logits = [1, -2, 0x7fffffff, -0x80000000, 256];
  const bytes = Buffer.alloc(20);
  logits.forEach((value, i) => bytes.writeInt32LE(value, 4 * i));
  const expected = createHash('sha256').update(bytes).digest('hex');
  expect(digestLogits([Int32Array.from(logits)])).toBe(expected);
  expect(digestLogits([Int32Array.from(logits.slice(0, 2)), Int32Array.from(logits.slice(2))])).toBe(
    expected,
  );
});
