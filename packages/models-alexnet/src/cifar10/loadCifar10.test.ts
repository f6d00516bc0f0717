import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BnfreeError, sha256Hex } from '@bnfree/core';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PNG } from 'pngjs';
import { cifar10Splits } from './cifar10Layout.js';
import { loadCifar10 } from './loadCifar10.js';
import { locateCifar10 } from './locateCifar10.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cifar10-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function failure(promise: Promise<unknown>): Promise<BnfreeError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof BnfreeError)) throw new Error(`expected a BnfreeError, got ${String(error)}`);
  return error;
}

/** A copy of the package's test split, with some files replaced or, where null, left out. */
async function fakePackage(files: Readonly<Record<string, string | Buffer | null>>): Promise<string> {
  for (const name of [cifar10Splits.test.labels, ...cifar10Splits.test.images]) {
    if (!(name in files)) await symlink(join(locateCifar10(), name), join(root, name));
  }
  for (const [name, content] of Object.entries(files)) {
    if (content !== null) await writeFile(join(root, name), content);
  }
  return root;
}

function testBatch(): Buffer {
  return readFileSync(join(locateCifar10(), 'test_batch.png'));
}

function flipBit(bytes: Buffer, index: number): Buffer {
  bytes[index] ^= 0x10;
  return bytes;
}

describe('loadCifar10', () => {
  test('reads the 10,000 test images, 1,000 of each class', async () => {
    const { count, shape, images, labels } = await loadCifar10({ split: 'test' });
    expect({ count, shape, bytes: images.length }).toEqual({
      count: 10_000,
      shape: [32, 32, 3],
      bytes: 30_720_000,
    });
    const perClass = new Array<number>(10).fill(0);
    for (const label of labels) perClass[label] += 1;
    expect(perClass).toEqual(new Array<number>(10).fill(1000));
    expect(sha256Hex(images)).toBe('f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04');
  });

  test('reads the first training images only, in the order of the set', async () => {
    const { count, images, labels } = await loadCifar10({ split: 'train', count: 3 });
    expect(count).toBe(3);
    expect(Array.from(labels)).toEqual([6, 9, 9]);
    expect(Array.from(images.subarray(0, 6))).toEqual([59, 62, 63, 43, 46, 45]);
    expect(images).toHaveLength(3 * 3072);
  });

  test('reports every missing file at once', async () => {
    const { code, issues } = await failure(loadCifar10({ split: 'train', root }));
    expect(code).toBe('DATASET_MISSING');
    expect(issues.map(({ path }) => path)).toEqual(
      [cifar10Splits.train.labels, ...cifar10Splits.train.images].map((name) => join(root, name)),
    );
    expect(issues[0].fix).toContain('npm install');
  });

  const damaged: readonly (readonly [string, () => Buffer, RegExp])[] = [
    ['truncated', () => testBatch().subarray(0, 500_000), /got 500000 bytes that are no whole PNG/],
    ['without its last byte', () => testBatch().subarray(0, -1), /got 23141301 bytes/],
    ['empty', () => Buffer.alloc(0), /got 0 bytes/],
    ['no PNG', () => Buffer.from('<!doctype html>'), /got 15 bytes/],
    ['with one bit flipped', () => flipBit(testBatch(), 11_000_000), /got 23141302 bytes/],
    [
      'of another size',
      () => PNG.sync.write(new PNG({ width: 4, height: 2 })),
      /got 4x2 pixels, .* 1024x10000/,
    ],
  ];
  test.each(damaged)('names an image file that is %s', async (_, content, message) => {
    const folder = await fakePackage({ 'test_batch.png': content() });
    const { code, issues } = await failure(loadCifar10({ split: 'test', root: folder }));
    expect(code).toBe('DATASET_DAMAGED');
    expect(issues).toHaveLength(1);
    expect(issues[0].path).toBe(join(root, 'test_batch.png'));
    expect(issues[0].message).toMatch(message);
    expect(issues[0].fix).toContain('npm install');
  });

  test.each([
    ['LABELS_RANGE', JSON.stringify([...new Array<number>(9999).fill(0), 10]), '[9999]'],
    ['LABELS_RANGE', JSON.stringify([0, 'cat', ...new Array<number>(9998).fill(0)]), '[1]'],
    ['DATASET_DAMAGED', JSON.stringify(new Array<number>(9999).fill(0)), 'got 9999 labels, expected 10000'],
    ['DATASET_DAMAGED', '{"length": 10000}', 'no JSON array'],
    ['DATASET_DAMAGED', '[1, 2', 'no JSON'],
  ])('refuses bad labels with %s', async (code, text, part) => {
    const error = await failure(
      loadCifar10({ split: 'test', root: await fakePackage({ 'test_lables.json': text }) }),
    );
    expect(error.code).toBe(code);
    expect(error.message).toContain(part);
  });

  test('reports all bad options at once', async () => {
    const { issues } = await failure(
      loadCifar10({ split: 'tset' as 'test', count: 0, rot: '.' } as Parameters<typeof loadCifar10>[0]),
    );
    expect(issues.map(({ code, path }) => [code, path])).toEqual([
      ['INVALID_OPTION', 'options.split'],
      ['INVALID_OPTION', 'options.count'],
      ['UNKNOWN_OPTION', 'options.rot'],
    ]);
    expect(issues.map(({ fix }) => fix)).toEqual([
      "did you mean 'test'?",
      expect.any(String),
      'did you mean root?',
    ]);
  });

  test('takes no more images than a split holds', async () => {
    expect((await failure(loadCifar10({ split: 'test', count: 10_001 }))).code).toBe('INVALID_OPTION');
  });
});
