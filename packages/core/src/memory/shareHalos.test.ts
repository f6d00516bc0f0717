import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shareHalos } from './shareHalos.js';

const value = fc.record({
  key: fc.constantFrom(undefined, 'a', 'b'),
  firstStep: fc.integer({ min: -1, max: 8 }),
  length: fc.nat(4),
});

describe('shareHalos', () => {
  test('joins values of one key that live apart, and no others; what is joined is blocked for good', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 12 }), fc.boolean(), (values, reuse) => {
        const lifetimes = values.map(({ key, firstStep, length }) => ({
          byteLength: key === 'a' ? 32 : 48,
          firstStep,
          lastStep: firstStep + length,
        }));
        const { slots, slotOf } = shareHalos(
          values.map(({ key }) => key),
          lifetimes,
          reuse,
        );
        values.forEach(({ key }, index) => {
          const permanent = { ...lifetimes[index], firstStep: -1, lastStep: Infinity };
          expect(slots[slotOf[index]]).toEqual(key === undefined ? lifetimes[index] : permanent);
          for (let other = 0; other < index; other += 1) {
            if (slotOf[other] !== slotOf[index]) continue;
            expect({ reuse, key: values[other].key }).toEqual({ reuse: true, key: key ?? 'a key' });
            const [a, b] = [lifetimes[other], lifetimes[index]];
            expect(a.lastStep < b.firstStep || b.lastStep < a.firstStep).toBe(true);
          }
        });
        // As few blocks as values of a key that live at once.
        if (!reuse) return;
        for (const key of ['a', 'b']) {
          const ofKey = lifetimes.filter((_, index) => values[index].key === key);
          const most = Array.from({ length: 14 }, (_, step) => step - 1).map(
            (step) => ofKey.filter(({ firstStep, lastStep }) => firstStep <= step && step <= lastStep).length,
          );
          const used = new Set(slotOf.filter((_, index) => values[index].key === key));
          expect(used.size).toBe(Math.max(0, ...most));
        }
      }),
      { numRuns: 300 },
    );
  });
});
