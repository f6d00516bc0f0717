import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CheckpointStore } from './checkpointStore.js';
import { folderCheckpoints } from './folderCheckpoints.js';
import { memoryCheckpoints } from './memoryCheckpoints.js';

const stores = {
  memoryCheckpoints,
  folderCheckpoints: () => folderCheckpoints(join(folder, `${count++}`, 'run')),
};
let folder = '';
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bnfree-store-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe.each(Object.entries(stores))('%s', (_name, open: () => CheckpointStore) => {
  test('gives back what was written last, byte for byte', async () => {
    const store = open();
    await store.assertWritable();
    await store.write('a', new Uint8Array([1, 2, 3]));
    await store.write('b.json', new Uint8Array());
    await store.write('a', new Uint8Array([4, 5]));
    expect(await store.read('a')).toEqual(new Uint8Array([4, 5]));
    expect(await store.read('b.json')).toEqual(new Uint8Array());
  });

  test('reads undefined for what was never written or has been removed', async () => {
    const store = open();
    expect(await store.read('a')).toBeUndefined();
    await store.remove('a');
    await store.write('a', new Uint8Array([1]));
    await store.remove('a');
    expect(await store.read('a')).toBeUndefined();
  });

  test('is untouched by later changes of the bytes given or returned', async () => {
    const store = open();
    const bytes = new Uint8Array([9, 1, 2, 9]);
    await store.write('a', bytes.subarray(1, 3));
    bytes.fill(7);
    (await store.read('a'))?.fill(8);
    expect(await store.read('a')).toEqual(new Uint8Array([1, 2]));
  });

  test('keeps one of the versions whole when writes of one name overlap', async () => {
    const store = open();
    const versions = [1, 2, 3, 4].map((value) => new Uint8Array(1000 * value).fill(value));
    await Promise.all(versions.map((version) => store.write('a', version)));
    expect(versions).toContainEqual(await store.read('a'));
  });

  test('rejects names that could leave the store', async () => {
    const store = open();
    const refused = expect.objectContaining({ code: 'CHECKPOINT_NAME' });
    await expect(store.write('../a', new Uint8Array(1))).rejects.toEqual(refused);
    await expect(store.read('a/b')).rejects.toEqual(refused);
    await expect(store.remove('..')).rejects.toEqual(refused);
  });
});
