import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areProductsNarrow, centerColumns, centerOfRows, moveSpan, spanOf } from './centerValues.js';

const span = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => ({
    min: Math.min(a, b),
    max: Math.max(a, b),
  }));

test('stored bytes lie in -127 .. 128 around their center', () => {
  for (const stored of [
    { min: -128, max: 127 },
    { min: 0, max: 255 },
    { min: 0, max: 127 },
    { min: -3, max: -3 },
  ]) {
    const { min, max } = moveSpan(stored, centerOfRows(stored));
    expect([min >= -127, max <= 128]).toEqual([true, true]);
  }
});

test('weights of at most 256 levels lie in -128 .. 127 around their center, unshifted', () => {
  fc.assert(
    fc.property(span(-255, 255), ({ min, max }) => {
      fc.pre(max - min <= 255);
      const { center, shift, span: centered } = centerColumns({ min, max });
      expect(shift).toBe(0);
      expect(centered).toEqual({ min: min - center, max: max - center });
      expect([centered.min >= -128, centered.max <= 127]).toEqual([true, true]);
    }),
  );
});

test('the odd integers of eight bits, less any zero point, are every second one', () => {
  for (let zeroPoint = -255; zeroPoint <= 255; zeroPoint += 2) {
    const { center, shift, span: centered } = centerColumns({ min: -255 - zeroPoint, max: 255 - zeroPoint });
    expect({ shift, centered }).toEqual({ shift: 1, centered: { min: -128, max: 127 } });
    for (const odd of [-255, -1, 1, 255]) {
      const weight = odd - zeroPoint;
      expect((((weight - center) >> shift) << shift) + center).toBe(weight);
    }
  }
});

test('products are narrow exactly where four of them fit in int16', () => {
  const seven = { min: -63, max: 64 };
  const eight = { min: -128, max: 127 };
  expect(areProductsNarrow(seven, eight)).toBe(true);
  expect(areProductsNarrow({ min: -63, max: 65 }, eight)).toBe(false);
  expect(areProductsNarrow({ min: -64, max: 64 }, eight)).toBe(false);
  expect(areProductsNarrow({ min: -127, max: 128 }, { min: -64, max: 63 })).toBe(true);
  expect(areProductsNarrow({ min: -127, max: 128 }, eight)).toBe(false);
});

test('a span holds all values', () => {
  expect(spanOf(Int16Array.of(3, -7, 255, 0))).toEqual({ min: -7, max: 255 });
});
