import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assignOffsets, type Lifetime } from './assignOffsets.js';

const block = fc
  .record({ byteLength: fc.nat(200), firstStep: fc.nat(10), length: fc.nat(5) })
  .map(({ byteLength, firstStep, length }): Lifetime => ({
    byteLength,
    firstStep,
    lastStep: firstStep + length,
  }));

describe('assignOffsets', () => {
  test('blocks that live at the same time are apart, aligned to 16 and inside', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), fc.boolean(), (blocks, reuse) => {
        const { offsets, byteLength } = assignOffsets(blocks, reuse);
        blocks.forEach((a, i) => {
          expect(offsets[i] % 16).toBe(0);
          expect(offsets[i] + a.byteLength).toBeLessThanOrEqual(byteLength);
          blocks.slice(0, i).forEach((b, j) => {
            const meet = !reuse || (a.firstStep <= b.lastStep && b.firstStep <= a.lastStep);
            const isApart =
              offsets[i] + a.byteLength <= offsets[j] || offsets[j] + b.byteLength <= offsets[i];
            expect(!meet || isApart).toBe(true);
          });
        });
      }),
      { numRuns: 200 },
    );
  });

  test('never needs more than without reuse, and at least what lives at once', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        const { byteLength } = assignOffsets(blocks, true);
        expect(byteLength).toBeLessThanOrEqual(assignOffsets(blocks, false).byteLength);
        for (let step = 0; step <= 15; step++) {
          const live = blocks.filter(({ firstStep, lastStep }) => firstStep <= step && step <= lastStep);
          expect(byteLength).toBeGreaterThanOrEqual(live.reduce((all, each) => all + each.byteLength, 0));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('takes the smallest gap that fits', () => {
    const blocks: Lifetime[] = [
      { byteLength: 64, firstStep: 0, lastStep: 1 },
      { byteLength: 48, firstStep: 0, lastStep: 9 },
      { byteLength: 32, firstStep: 0, lastStep: 1 },
      { byteLength: 16, firstStep: 0, lastStep: 9 },
      { byteLength: 16, firstStep: 2, lastStep: 9 },
    ];
    expect(assignOffsets(blocks, true)).toEqual({ offsets: [0, 64, 112, 144, 112], byteLength: 160 });
  });
});
