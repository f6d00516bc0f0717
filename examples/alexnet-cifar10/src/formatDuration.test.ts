import { expect, test } from '@jest/globals';
import { formatDuration } from './formatDuration.js';

test.each([
  [0, '0.0 s'],
  [949, '0.9 s'],
  [9949, '9.9 s'],
  [9960, '10 s'],
  [99_400, '99 s'],
  [99_600, '1:40 min'],
  [3_599_400, '59:59 min'],
  [3_600_000, '1:00 h'],
  [7_325_000, '2:02 h'],
])('%i ms is %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
