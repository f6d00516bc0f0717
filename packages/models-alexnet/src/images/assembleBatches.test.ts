import { describe, expect, test } from '@jest/globals';
import { assembleBatches } from './assembleBatches.js';
import type { DecodeResult } from './decodeImage.js';
import type { ImageSet } from './imageSet.js';
import { limitConcurrency } from './limitConcurrency.js';

const entries = Array.from({ length: 40 }, (_, index) => {
  return { name: String(index), file: '', start: 0, length: null };
});
const set: ImageSet = { count: 40, classes: [], labels: null, entries, damaged: [] };

/** Lets everything that can happen without the consumer happen. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('assembleBatches', () => {
  test('decodes as many batches ahead as it may, and none more until one is taken', async () => {
    let started = 0;
    const batches = assembleBatches({
      set,
      size: 1,
      positions: (batch) => [0, 1, 2, 3].map((offset) => ({ index: batch * 4 + offset, draw: null })),
      decode: ({ entry }) => {
        started += 1;
        return Promise.resolve({ pixels: Uint8Array.of(Number(entry.name), 0, 0) });
      },
      range: [2, 10],
      ahead: 3,
      onDamaged: () => undefined,
    });
    expect(started).toBe(0);
    const first = await batches.next();
    await settle();
    // The one that was taken, and three.
    expect(started).toBe(16);
    expect(first.value?.images.filter((_, at) => at % 3 === 0)).toEqual(Uint8Array.of(8, 9, 10, 11));
    await batches.next();
    await settle();
    expect(started).toBe(20);
    let rest = 0;
    for await (const { count } of batches) rest += count;
    expect([rest, started]).toEqual([24, 32]);
  });

  test('passes on what makes a batch impossible, in its place', async () => {
    const batches = assembleBatches({
      set,
      size: 1,
      positions: (batch) => [{ index: batch, draw: null }],
      decode: ({ entry }) =>
        entry.name === '1'
          ? Promise.reject(new Error('crashed'))
          : Promise.resolve({ pixels: new Uint8Array(3) }),
      range: [0, 4],
      ahead: 4,
      onDamaged: () => undefined,
    });
    expect((await batches.next()).value?.count).toBe(1);
    await settle();
    await expect(batches.next()).rejects.toThrow('crashed');
  });
});

describe('limitConcurrency', () => {
  test('starts no more than it may, in order', async () => {
    const open: ((result: DecodeResult) => void)[] = [];
    const order: string[] = [];
    const decode = limitConcurrency(({ entry }) => {
      order.push(entry.name);
      return new Promise((resolve) => open.push(resolve));
    }, 2);
    const done = entries.slice(0, 5).map((entry) => decode({ entry, draw: null }));
    await settle();
    expect(order).toEqual(['0', '1']);
    while (order.length < 5) {
      open.shift()?.({ reason: 'over' });
      await settle();
    }
    for (const resolve of open) resolve({ reason: 'over' });
    expect(order).toEqual(['0', '1', '2', '3', '4']);
    expect(await Promise.all(done)).toHaveLength(5);
  });
});
