import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ActivationSpec } from '../../activation.js';
import { requantize } from '../../arithmetic/requantize.js';
import { scaledSums, type ScaledSums, type SumChannel } from './scaledSums.js';

/** Some sums scaled as the kernel does, not clamped. */
function scale(
  { high, low, addends, plan: { code } }: ScaledSums,
  channel: number,
  sums: readonly number[],
): number {
  if (code.kind !== 'product32') throw new Error(`got ${code.kind}`);
  const products = sums.map((sum) => Math.imul(sum, high[channel]) + ((sum * low[channel] + 2 ** 14) >> 15));
  return (products.reduce((total, product) => total + product, addends[channel]) | 0) >> code.shift;
}

const channel: fc.Arbitrary<SumChannel> = fc.record({
  base: fc.oneof(fc.integer({ min: -60000, max: 60000 }), fc.integer({ min: -(2 ** 20), max: 2 ** 20 })),
  bound: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1000, max: 120000 })),
});
const output = fc.constantFrom<ActivationSpec>(
  { shape: [1], type: 'int8', zeroPoint: 0, quantMin: 0, quantMax: 127 },
  { shape: [1], type: 'int8', zeroPoint: -5, quantMin: -128, quantMax: 127 },
  { shape: [1], type: 'uint8', zeroPoint: 128, quantMin: 0, quantMax: 255 },
);
const factor = fc.oneof(
  fc.record({
    multiplier: fc.integer({ min: 2 ** 30, max: 2 ** 31 - 1 }),
    shift: fc.integer({ min: 34, max: 43 }),
  }),
  fc.record({
    multiplier: fc.integer({ min: 2 ** 22, max: 2 ** 24 }),
    shift: fc.integer({ min: 28, max: 36 }),
  }),
  fc.record({ multiplier: fc.integer({ min: 0, max: 100 }), shift: fc.nat(20) }),
  fc.record({ multiplier: fc.constantFrom(2 ** 30, 2 ** 31 - 1), shift: fc.integer({ min: 20, max: 33 }) }),
);

const layers = fc.array(fc.tuple(channel, factor), { minLength: 1, maxLength: 3 });

test('where a plan is made, every sum gives the byte of the exact requantization', () => {
  const seen = { made: 0, refused: 0 };
  fc.assert(
    fc.property(layers, output, fc.constantFrom(1, 2), fc.nat(2 ** 15), (all, spec, sums, share) => {
      const scaled = scaledSums(
        {
          kind: 'multiplier',
          rounding: 'halfUp',
          multipliers: Int32Array.from(all, ([, { multiplier }]) => multiplier),
          shifts: Int32Array.from(all, ([, { shift }]) => shift),
        },
        spec,
        all.map(([each]) => each),
        sums,
      );
      seen[scaled === undefined ? 'refused' : 'made'] += 1;
      if (scaled === undefined) return;
      const clamp = (value: number): number =>
        Math.max(spec.quantMin - spec.zeroPoint, Math.min(spec.quantMax - spec.zeroPoint, value));
      all.forEach(([{ base, bound }, rescale], index) => {
        const reach = sums * 2 ** 15;
        const low = Math.max(-reach, -bound - base);
        const high = Math.min(reach - sums, bound - base);
        for (let sum = low; sum <= high; sum += 1) {
          const first = sums === 1 ? sum : Math.max(sum - 2 ** 15 + 1, Math.min(sum + 2 ** 15, share - sum));
          const exact = clamp(requantize(sum + base, { ...rescale, rounding: 'halfUp' }));
          const split = [Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, first))];
          if (sums === 2) split.push(sum - split[0]);
          const actual = clamp(scale(scaled, index, split));
          if (actual !== exact) throw new Error(`sums ${split.join(', ')}: got ${actual}, expected ${exact}`);
        }
        expect(scaled.high[index]).toBeLessThan(2 ** 15);
        expect(scaled.low[index]).toBeLessThan(2 ** 15);
      });
    }),
    { numRuns: 400, seed: 1 },
  );
  expect(Math.min(seen.made, seen.refused)).toBeGreaterThan(40);
});

test('a channel whose accumulators stay on one side of all halves is not moved across them', () => {
  const multipliers = Int32Array.of(2 ** 30);
  const shifts = Int32Array.of(31);
  const int8: ActivationSpec = { shape: [1], type: 'int8', zeroPoint: -1, quantMin: -128, quantMax: 127 };
  const requantization = { kind: 'multiplier', rounding: 'halfUp', multipliers, shifts } as const;
  for (const bound of [0, 1, 2, 30000]) {
    const scaled = scaledSums(requantization, int8, [{ base: 0, bound }], 1);
    expect(scaled && scale(scaled, 0, [0])).toBe(0);
  }
});

test('halves that no accumulator comes near to decide nothing, however far they are', () => {
  const int8: ActivationSpec = { shape: [1], type: 'int8', zeroPoint: 0, quantMin: 100, quantMax: 127 };
  const shifts = Int32Array.of(52);
  for (const multiplier of [0, 1]) {
    const multipliers = Int32Array.of(multiplier);
    const requantization = { kind: 'multiplier', rounding: 'halfUp', multipliers, shifts } as const;
    const scaled = scaledSums(requantization, int8, [{ base: 0, bound: 1000 }], 1);
    expect(scaled && scale(scaled, 0, [1000])).toBe(0);
  }
});

test('other roundings, other kinds and int32 are refused', () => {
  const multipliers = Int32Array.of(2 ** 30);
  const shifts = Int32Array.of(38);
  const int8: ActivationSpec = { shape: [1], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 };
  const channels = [{ base: 0, bound: 30000 }];
  const kind = 'multiplier';
  expect(scaledSums({ kind, rounding: 'halfUp', multipliers, shifts }, int8, channels, 1)).toBeDefined();
  expect(scaledSums({ kind, rounding: 'gemmlowp', multipliers, shifts }, int8, channels, 1)).toBeUndefined();
  expect(scaledSums({ kind: 'none' }, { ...int8, type: 'int32' }, channels, 1)).toBeUndefined();
});
