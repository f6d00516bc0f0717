import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createImagePool } from './createImagePool.js';
import { splitPool, type SplitOptions } from './splitPool.js';

function numberedPool(count: number) {
  return createImagePool({
    count,
    shape: [2],
    images: Uint8Array.from({ length: count * 2 }, (_, index) => Math.floor(index / 2) % 256),
    labels: Int32Array.from({ length: count }, (_, index) => index),
  });
}

describe('splitPool', () => {
  test.each([
    [2, 1],
    [9, 1],
    [10, 1],
    [59, 5],
    [10_000, 1000],
    [45_000, 1000],
  ])('holds out of %i images the last %i by default', (count, held) => {
    const { train, validation } = splitPool(numberedPool(count));
    expect([train.count, validation.count]).toEqual([count - held, held]);
    expect(validation.labels?.[0]).toBe(count - held);
    expect(train.labels?.at(-1)).toBe(count - held - 1);
  });

  test('parts the pool: every image once, with its label, the same each time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.option(fc.integer(), { nil: undefined }),
        (count, fraction, seed) => {
          const options: SplitOptions = seed === undefined ? { fraction } : { fraction, seed };
          const pool = numberedPool(count);
          const { train, validation } = splitPool(pool, options);
          const labels = [...(train.labels ?? []), ...(validation.labels ?? [])];
          expect(labels.sort((a, b) => a - b)).toEqual([...(pool.labels ?? [])]);
          expect(validation.count).toBe(Math.min(count - 1, Math.max(1, Math.round(count * fraction))));
          for (const part of [train, validation]) {
            expect(part.images.length).toBe(part.count * 2);
            expect([...part.images].filter((_, index) => index % 2 === 0)).toEqual(
              Array.from(part.labels ?? [], (label) => label % 256),
            );
          }
          const again = splitPool(pool, options);
          expect([again.train.digest, again.validation.digest]).toEqual([train.digest, validation.digest]);
        },
      ),
    );
  });

  test('draws other images for another seed', () => {
    const pool = numberedPool(200);
    expect(splitPool(pool, { seed: 1 }).validation.digest).not.toBe(
      splitPool(pool, { seed: 2 }).validation.digest,
    );
  });

  test.each<[number, SplitOptions]>([
    [1, {}],
    [10, { validationCount: 10 }],
    [10, { validationCount: 0 }],
    [10, { validationCount: 1.5 }],
    [10, { fraction: 0 }],
    [10, { fraction: 1 }],
    [10, { fraction: NaN }],
    [10, { fraction: 0.5, validationCount: 5 }],
  ])('refuses to split %i images by %j', (count, options) => {
    expect(() => splitPool(numberedPool(count), options)).toThrow('SPLIT_SIZE');
  });

  test('suggests the option that was meant', () => {
    expect(() => splitPool(numberedPool(10), { validationcount: 2 } as SplitOptions)).toThrow(
      'did you mean validationCount?',
    );
    expect(() => splitPool(numberedPool(10), { zzz: 2 } as SplitOptions)).toThrow('remove zzz');
  });
});

describe('createImagePool', () => {
  const content = { count: 2, shape: [2], images: Uint8Array.of(1, 2, 3, 4), labels: Int32Array.of(0, 1) };

  test('gives a digest that changes with every part', () => {
    const variants = [
      content,
      { ...content, images: Uint8Array.of(1, 2, 3, 5) },
      { ...content, labels: Int32Array.of(0, 2) },
      { ...content, labels: null },
      { ...content, shape: [1, 2, 1] },
      { ...content, count: 1, shape: [4] },
    ];
    const digests = variants.map((variant) => createImagePool(variant).digest);
    expect(new Set(digests).size).toBe(variants.length);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(createImagePool({ ...content, images: content.images.slice() }).digest).toBe(digests[0]);
  });
});
