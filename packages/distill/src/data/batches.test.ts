import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BatchesOptions, createBatches } from './batches.js';
import { createImagePool } from './createImagePool.js';

/** Images of 4x4 pixels that are told apart by their value, which is also their label. */
function numberedPool(count: number) {
  return createImagePool({
    count,
    shape: [4, 4, 1],
    images: Uint8Array.from({ length: count * 16 }, (_, index) => Math.floor(index / 16) + 1),
    labels: Int32Array.from({ length: count }, (_, index) => index + 1),
  });
}

const options = fc.record({
  count: fc.integer({ min: 1, max: 40 }),
  batchSize: fc.integer({ min: 1, max: 50 }),
  seed: fc.integer(),
  augmentation: fc.constantFrom({}, { flip: true }, { flip: true, shift: 3 }),
});
const open = ({ count, ...rest }: { count: number } & Omit<BatchesOptions, 'pool' | 'purpose'>) =>
  createBatches({ pool: numberedPool(count), purpose: 'fit', ...rest });

describe('createBatches', () => {
  test('gives a step the same batch whatever was asked before', () => {
    fc.assert(
      fc.property(options, fc.array(fc.nat(60), { minLength: 1, maxLength: 12 }), (given, steps) => {
        const used = open(given);
        for (const step of steps) {
          expect(used.batch(step)).toEqual(open(given).batch(step));
          expect(used.indices(step)).toEqual(open(given).indices(step));
        }
      }),
    );
  });

  test('shows every image once in every epoch, with its label', () => {
    fc.assert(
      fc.property(options, (given) => {
        const batches = open({ ...given, augmentation: {} });
        const epochs = 3;
        const steps = Math.ceil((epochs * given.count) / given.batchSize);
        const labels: number[] = [];
        for (let step = 0; step < steps; step++) {
          const batch = batches.batch(step);
          expect(batch.count).toBe(given.batchSize);
          expect([...batch.images].filter((_, index) => index % 16 === 0)).toEqual([...(batch.labels ?? [])]);
          expect([...batches.indices(step)].map((index) => index + 1)).toEqual([...(batch.labels ?? [])]);
          labels.push(...(batch.labels ?? []));
        }
        for (let epoch = 0; epoch < epochs; epoch++) {
          const seen = labels.slice(epoch * given.count, (epoch + 1) * given.count);
          expect(seen.sort((a, b) => a - b)).toEqual(
            Array.from({ length: given.count }, (_, index) => index + 1),
          );
        }
      }),
    );
  });

  test('orders epochs, seeds and purposes differently', () => {
    const pool = numberedPool(40);
    const orders = [
      createBatches({ pool, batchSize: 40, seed: 1, purpose: 'fit' }).indices(0),
      createBatches({ pool, batchSize: 40, seed: 1, purpose: 'fit' }).indices(1),
      createBatches({ pool, batchSize: 40, seed: 2, purpose: 'fit' }).indices(0),
      createBatches({ pool, batchSize: 40, seed: 1, purpose: 'tune' }).indices(0),
    ];
    expect(new Set(orders.map((order) => order.join())).size).toBe(4);
  });

  test('fills what a shift uncovers', () => {
    const pool = createImagePool({
      count: 1,
      shape: [4, 4, 1],
      images: new Uint8Array(16).fill(1),
      labels: null,
    });
    const batches = createBatches({
      pool,
      batchSize: 64,
      seed: 3,
      purpose: 'fit',
      augmentation: { shift: 3 },
      fillValue: 128,
    });
    expect(new Set(batches.batch(0).images)).toEqual(new Set([1, 128]));
    expect(batches.batch(0).labels).toBeNull();
    expect(batches.stepsPerEpoch).toBe(1);
  });

  test('reports all wrong options at once', () => {
    const wrong = {
      pool: numberedPool(4),
      batchSize: 0,
      seed: 1,
      purpose: 'fit',
      augmentation: { shift: 4 },
      fillValue: 256,
      batchsize: 3,
    };
    expect(() => createBatches(wrong)).toThrow(
      /UNKNOWN_OPTION.*createBatches\.batchsize[^]*did you mean batchSize\?[^]*BATCH_OPTION.*batchSize[^]*BATCH_OPTION.*fillValue[^]*AUGMENTATION.*shift/,
    );
  });
});
