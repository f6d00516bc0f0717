import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomStream } from './randomStream.js';

const names = fc.array(fc.oneof(fc.string(), fc.integer(), fc.integer().map(String)), { maxLength: 4 });
const draw = (seed: number, address: readonly (string | number)[]) => {
  const stream = randomStream(seed, ...address);
  return [0, 1, 2].map(() => stream.nextInt(-(2 ** 31), 2 ** 31 - 1));
};

describe('randomStream', () => {
  test('gives the same numbers for the same seed and names, others for others', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        names,
        fc.maxSafeInteger(),
        names,
        (seed, address, otherSeed, other) => {
          expect(draw(seed, address)).toEqual(draw(seed, address));
          const isSame = JSON.stringify([seed, address]) === JSON.stringify([otherSeed, other]);
          if (isSame) expect(draw(seed, address)).toEqual(draw(otherSeed, other));
          else expect(draw(seed, address)).not.toEqual(draw(otherSeed, other));
        },
      ),
    );
  });

  test('tells apart names that join to the same text', () => {
    const addresses = [['a', 'b'], ['ab'], ['a,b'], ['a","b'], [1, 2], [12], ['1', 2], [1, '2'], [], ['']];
    const texts = addresses.map((address) => draw(7, address).join());
    expect(new Set(texts).size).toBe(addresses.length);
  });

  test('keeps its numbers from release to release', () => {
    expect(draw(7, ['conv1', 'fit', 3])).toMatchInlineSnapshot(`
      [
        1448719862,
        836080297,
        -1283644841,
      ]
    `);
    expect([...randomStream(7, 'shuffle').shuffledIndices(8)]).toMatchInlineSnapshot(`
      [
        5,
        1,
        7,
        0,
        4,
        6,
        2,
        3,
      ]
    `);
  });

  test('stays within the bounds and reaches both', () => {
    const stream = randomStream(1, 'bounds');
    const seen = new Set(Array.from({ length: 200 }, () => stream.nextInt(-2, 3)));
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
  });

  test('shuffles into permutations', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(300), (seed, count) => {
        const shuffled = randomStream(seed).shuffledIndices(count);
        expect([...shuffled].sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, index) => index),
        );
      }),
    );
  });

  test('gives all orders of three about equally often', () => {
    const counts = new Map<string, number>();
    for (let draws = 0; draws < 6000; draws++) {
      const order = randomStream(11, draws).shuffledIndices(3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    // Six standard deviations of a count around 1000.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(174);
  });

  test('rejects seeds and names that are not whole numbers', () => {
    for (const wrong of [0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => randomStream(wrong)).toThrow('SEED_RANGE');
      expect(() => randomStream(1, 'step', wrong)).toThrow('SEED_RANGE');
    }
  });
});
