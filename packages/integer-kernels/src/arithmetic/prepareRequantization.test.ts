import { expect, test } from '@jest/globals';
import { prepareClamp, prepareRequantization } from './prepareRequantization.js';

const int8 = { zeroPoint: 3, quantMin: -128, quantMax: 127 } as const;

test('the zero point is added after rounding and before the clamp', () => {
  const finish = prepareRequantization({ kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(1) }, int8);
  expect([0, 1, 246, 248, 250, -400].map((value) => finish(value, 0))).toEqual([3, 4, 126, 127, 127, -128]);
});

test('adding the zero point cannot wrap at the ends of int32', () => {
  const clamp = prepareClamp(int8);
  expect([0x7fffffff, -0x80000000].map(clamp)).toEqual([127, -128]);
});

test('one entry serves all channels, several serve one each', () => {
  const shifts = Int32Array.of(0, 1, 2);
  const perChannel = prepareRequantization({ kind: 'shift', rounding: 'halfUp', shifts }, int8);
  expect([0, 1, 2].map((channel) => perChannel(8, channel))).toEqual([11, 7, 5]);
  const perTensor = prepareRequantization(
    { kind: 'shift', rounding: 'halfUp', shifts: shifts.subarray(1, 2) },
    int8,
  );
  expect([0, 1, 2].map((channel) => perTensor(8, channel))).toEqual([7, 7, 7]);
});

test('multipliers per channel combine with one shift', () => {
  const finish = prepareRequantization(
    { kind: 'multiplier', rounding: 'halfUp', multipliers: Int32Array.of(1, 3), shifts: Int32Array.of(1) },
    int8,
  );
  expect([finish(4, 0), finish(4, 1)]).toEqual([5, 9]);
});

test('thresholds count those that are at most the accumulator, without the zero point', () => {
  const thresholds = Int32Array.of(-5, 0, 7, 1, 1, 1);
  const finish = prepareRequantization(
    { kind: 'threshold', count: 3, thresholds },
    { ...int8, quantMin: -1 },
  );
  expect([-6, -5, -1, 0, 7].map((value) => finish(value, 0))).toEqual([-1, 0, 0, 1, 2]);
  expect([0, 1].map((value) => finish(value, 1))).toEqual([-1, 2]);
});
