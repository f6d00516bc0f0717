import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { BnfreeError } from '@bnfree/core';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImageItem, ImageSource } from './imageSource.js';
import { openImages, type OpenImagesOptions } from './openData.js';

const shape = [2, 2, 3];
const pixels = (count: number) => Uint8Array.from({ length: count * 12 }, (_, index) => (index * 7) % 256);
const tensor = (count: number, dtype: 'int32' | 'float32' = 'int32') =>
  tf.tensor(Int32Array.from(pixels(count)), [count, ...shape], dtype);

/** `CODE path` of every issue that opening reports. */
async function issuesOf(data: unknown, options: Partial<OpenImagesOptions> = {}): Promise<string[]> {
  const error: unknown = await openImages(data as ImageSource, { shape, ...options }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BnfreeError)) throw new Error('expected a BnfreeError', { cause: error });
  for (const issue of error.issues) expect([issue.message, issue.fix]).not.toContain('');
  return error.issues.map(({ code, path }) => `${code} ${path}`);
}

async function messageOf(data: unknown, options: Partial<OpenImagesOptions> = {}): Promise<string> {
  return openImages(data as ImageSource, { shape, ...options }).then(
    () => 'no error',
    (reason: unknown) => (reason as Error).message,
  );
}

/** A dataset as tf.data's, which tells how often it was asked and whether it was ended. */
function dataset(items: readonly unknown[]) {
  const seen = { asked: 0, ended: false };
  return {
    seen,
    iterator: () =>
      Promise.resolve({
        next: () => Promise.resolve({ value: items[seen.asked++], done: seen.asked > items.length }),
        return: () => {
          seen.ended = true;
        },
      }),
  };
}

let tensorsBefore = 0;
beforeEach(async () => {
  // Keeps tfjs from advertising its native backend on the console.
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  tf.disposeVariables();
});

describe('openImages reads', () => {
  test('bytes, which it keeps and does not copy', async () => {
    const bytes = pixels(3);
    const pool = await openImages(bytes, { shape });
    expect(pool).toMatchObject({ count: 3, shape, labels: null });
    expect(pool.images.buffer).toBe(bytes.buffer);
    const clamped = await openImages(new Uint8ClampedArray(bytes), { shape });
    expect(clamped.images).toEqual(bytes);
    expect(clamped.digest).toBe(pool.digest);
  });

  test('the same pool from every form of the same images', async () => {
    const forms: [string, () => ImageSource][] = [
      ['int32 tensor', () => tensor(4)],
      ['float32 tensor', () => tensor(4, 'float32')],
      ['images', () => ({ images: pixels(4) })],
      ['images, null labels', () => ({ images: tensor(4), labels: null })],
      ['float array', () => Float32Array.from(pixels(4))],
      ['flat numbers', () => Array.from(pixels(4))],
      ['nested numbers', () => tensor(4).arraySync() as number[][][][]],
      ['array of batches', () => [pixels(4).subarray(0, 36), pixels(4).subarray(36)]],
      ['array of single images', () => tf.unstack(tensor(4))],
      ['iterable', () => new Set([tensor(4)])],
      ['dataset', () => dataset([pixels(4).subarray(0, 24), { xs: Array.from(pixels(4).subarray(24)) }])],
      [
        'async iterable',
        async function* (): AsyncGenerator<ImageItem> {
          for (let at = 0; at < 48; at += 12)
            yield await Promise.resolve({ images: pixels(4).subarray(at, at + 12) });
        },
      ],
    ];
    const { digest } = await openImages(pixels(4), { shape });
    for (const [name, form] of forms) {
      const pool = await openImages(form(), { shape });
      expect([name, pool.count, pool.digest]).toEqual([name, 4, digest]);
      expect(pool.images).toEqual(pixels(4));
    }
  });

  test('the same labels from every form of them', async () => {
    const forms: unknown[] = [
      [2, 0, 1],
      Int32Array.of(2, 0, 1),
      Uint8Array.of(2, 0, 1),
      [[2], [0], [1]],
      tf.tensor1d([2, 0, 1], 'int32'),
      tf.tensor1d([2, 0, 1], 'float32'),
      tf.tensor2d([2, 0, 1], [3, 1]),
      tf.oneHot(tf.tensor1d([2, 0, 1], 'int32'), 3),
      [
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
      ],
      Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0),
    ];
    for (const labels of forms) {
      const pool = await openImages({ images: pixels(3), labels: labels as number[] }, { shape, classes: 3 });
      expect(pool.labels).toEqual(Int32Array.of(2, 0, 1));
    }
  });

  test('streams of single images with an index or a one-hot vector each', async () => {
    const one = () => tf.squeeze(tensor(1), [0]);
    const items = [
      { xs: one(), ys: tf.scalar(2, 'int32') },
      { xs: one(), ys: tf.tensor1d([0, 1, 0]) },
      { images: one(), labels: 1 },
      { images: tensor(2), labels: [0, 2] },
    ];
    const pool = await openImages(dataset(items), { shape, classes: 3 });
    expect(pool.labels).toEqual(Int32Array.of(2, 1, 1, 0, 2));
    expect(pool.count).toBe(5);
  });

  test('feature vectors', async () => {
    const pool = await openImages(tf.tensor2d([1, 2, 3, 4], [2, 2]), { shape: [2] });
    expect(pool).toMatchObject({ count: 2, shape: [2], images: Uint8Array.of(1, 2, 3, 4) });
  });

  test('any cutting into batches as the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(4), { maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        async (sizes, maxImages) => {
          const total = sizes.reduce((sum, size) => sum + size, 0);
          fc.pre(total > 0);
          let at = 0;
          const items = sizes.map((size) => {
            const images = pixels(24).subarray(at * 12, (at + size) * 12);
            const labels = Array.from({ length: size }, (_, index) => at + index);
            at += size;
            return { images, labels };
          });
          const pool = await openImages(dataset(items), { shape, maxImages });
          const count = Math.min(total, maxImages);
          expect(pool.count).toBe(count);
          expect(pool.images).toEqual(pixels(count));
          expect(pool.labels).toEqual(Int32Array.from({ length: count }, (_, index) => index));
        },
      ),
    );
  });
});

describe('openImages ends a stream', () => {
  test('when it has enough images', async () => {
    const stream = dataset([tensor(2), tensor(2), tensor(2), tensor(2)]);
    const pool = await openImages(stream, { shape, maxImages: 3 });
    expect(pool.count).toBe(3);
    expect(stream.seen).toEqual({ asked: 2, ended: true });
  });

  test('when it is aborted, with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped by hand');
    let ended = false;
    function* endless() {
      try {
        for (let count = 0; ; count++) {
          if (count === 3) controller.abort(reason);
          yield tensor(1);
        }
      } finally {
        ended = true;
      }
    }
    await expect(openImages(endless(), { shape, signal: controller.signal })).rejects.toBe(reason);
    await expect(openImages(pixels(1), { shape, signal: controller.signal })).rejects.toBe(reason);
    expect(ended).toBe(true);
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  test('at the first item with problems', async () => {
    const stream = dataset([tensor(1), tf.zeros([1, 3, 3, 3]), tensor(1)]);
    expect(await issuesOf(stream)).toEqual(['DATA_SHAPE data[1]']);
    expect(stream.seen).toEqual({ asked: 2, ended: true });
  });
});

describe('openImages owns', () => {
  test('tensors that a stream makes: they are disposed', async () => {
    const items = [tensor(1), { xs: tensor(1) }, { images: tensor(1) }];
    await openImages(dataset(items), { shape });
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  test('not the tensors that the caller holds', async () => {
    const [images, labels] = [tensor(2), tf.tensor1d([0, 1], 'int32')];
    await openImages(images, { shape });
    await openImages({ images, labels }, { shape });
    await openImages([images, images], { shape });
    await openImages([{ xs: images, ys: labels }], { shape });
    expect(images.isDisposed || labels.isDisposed).toBe(false);
    tf.dispose([images, labels]);
  });

  test('a copy of bytes that a stream fills again', async () => {
    function* refilled() {
      const bytes = new Uint8Array(12);
      for (let value = 1; value <= 3; value++) yield bytes.fill(value);
    }
    const { images } = await openImages(refilled(), { shape });
    expect([images[0], images[12], images[24]]).toEqual([1, 2, 3]);
  });
});

describe('openImages reports', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['no bytes', new Uint8Array()],
    ['no items', []],
    ['an ended stream', dataset([])],
    ['empty batches', [new Uint8Array(), new Uint8Array()]],
    ['images that are missing', { images: undefined }],
  ])('no data: %s', async (_name, data) => {
    expect((await issuesOf(data))[0]).toMatch(/^(NO_DATA data|DATA_KIND data\.images)$/);
  });

  test.each<[string, unknown, string]>([
    ['a path', './images', 'got a string'],
    ['a number', 5, 'got a number'],
    ['an ArrayBuffer', new ArrayBuffer(12), 'new Uint8Array(data)'],
    ['an object without images', { pictures: pixels(1) }, 'an object with pictures'],
    ['a misspelt field', { images: pixels(1), label: [1] }, 'did you mean labels?'],
    ['64-bit integers', new BigInt64Array(12), 'got a BigInt64Array'],
    ['strings', ['a', 'b'], 'at data[0]'],
    ['uneven lengths', { images: [[1, 2], [3]] }, 'uneven lengths'],
  ])('what cannot be pixels: %s', async (_name, data, part) => {
    expect(await messageOf(data)).toContain(part);
  });

  test('shapes, with the call that mends them', async () => {
    expect(await messageOf(pixels(2).subarray(1))).toContain('fix: images.subarray(0, 12)');
    expect(await messageOf(tf.zeros([5, 12]))).toContain('got shape [5, 12], expected [n, 2, 2, 3]');
    expect(await messageOf(tf.zeros([5, 12]))).toContain('fix: images.reshape([-1, 2, 2, 3])');
    expect(await messageOf(tf.zeros([5, 3, 2, 2]))).toContain('fix: images.transpose([0, 2, 3, 1])');
    expect(await messageOf(tf.zeros([5, 4, 4, 3]))).toContain(
      'fix: tf.image.resizeNearestNeighbor(images, [2, 2])',
    );
    expect(await messageOf(tf.zeros([5, 2, 2, 1]))).toContain('fix: give images with 3 channels');
    expect(await messageOf(tf.zeros([5, 3]), { shape: [4] })).toContain('fix: give 4 numbers an image');
  });

  test.each([
    [-1, 'zeroPoint: 128'],
    [256, 'zeroPoint: 128'],
    [0.5, 'images.mul(255).round()'],
    [1.5, 'zeroPoint: 128'],
    [NaN, 'zeroPoint: 128'],
    [Infinity, 'zeroPoint: 128'],
  ])('values that are not stored pixels: %d', async (value, fix) => {
    const values = new Float32Array(24);
    values[17] = value;
    const message = await messageOf(tf.tensor(values, [2, ...shape]));
    expect(message).toContain(`DATA_RANGE at data\n  got 1 of 24 values`);
    expect(message).toContain(`the first ${value} (image 1, value 5)`);
    expect(message).toContain(fix);
  });

  test('labels out of range', async () => {
    const images = pixels(2);
    expect(await issuesOf({ images, labels: [0, 10] }, { classes: 10 })).toEqual([
      'LABELS_RANGE data.labels[1]',
    ]);
    expect(await issuesOf({ images, labels: [-1, 0] })).toEqual(['LABELS_RANGE data.labels[0]']);
    expect(await issuesOf({ images, labels: [0, 0.5] })).toEqual(['LABELS_RANGE data.labels[1]']);
    expect(await issuesOf({ images, labels: [0, NaN] })).toEqual(['LABELS_RANGE data.labels[1]']);
    const oneHot = tf.oneHot(tf.tensor1d([0, 1], 'int32'), 3);
    expect(await issuesOf({ images, labels: oneHot }, { classes: 4 })).toEqual(['LABELS_RANGE data.labels']);
    expect((await openImages({ images, labels: [0, 1000] }, { shape })).labels).toEqual(
      Int32Array.of(0, 1000),
    );
  });

  test('rows that are not one-hot', async () => {
    for (const row of [
      [0, 0],
      [1, 1],
      [0.5, 0.5],
      [2, 0],
    ]) {
      expect(await issuesOf({ images: pixels(2), labels: [[1, 0], row] })).toEqual([
        'LABELS_ONE_HOT data.labels[1]',
      ]);
    }
  });

  test('labels of another number than images', async () => {
    const images = pixels(2);
    expect(await issuesOf({ images, labels: [0, 1, 1] })).toEqual(['LABELS_LENGTH data.labels']);
    expect(await messageOf({ images, labels: [0, 1, 1] })).toContain('fix: labels.slice(0, 2)');
    expect(await issuesOf({ images, labels: tf.zeros([3, 10]) })).toEqual(['LABELS_LENGTH data.labels']);
    expect(await issuesOf([{ images, labels: [0, 1] }, { images }])).toEqual(['LABELS_LENGTH data[1]']);
    expect(await issuesOf([{ images }, { images, labels: [0, 1] }])).toEqual(['LABELS_LENGTH data[1]']);
    expect(await issuesOf({ images, labels: 'cat' })).toEqual(['DATA_KIND data.labels']);
  });

  test('a count that is not that of the images', async () => {
    expect((await openImages([{ images: pixels(2), count: 2 }], { shape })).count).toBe(2);
    expect(await issuesOf([{ images: pixels(2), count: 3 }])).toEqual(['DATA_SHAPE data[0].count']);
    expect(await issuesOf([{ xs: pixels(2), count: 2 }])).toEqual(['UNKNOWN_OPTION data[0].count']);
  });

  test('pixels and labels of an item together', async () => {
    expect(await issuesOf([{ xs: new Float32Array(12).fill(-1), ys: [12] }], { classes: 10 })).toEqual([
      'DATA_RANGE data[0].xs',
      'LABELS_RANGE data[0].ys[0]',
    ]);
    expect(await issuesOf({ images: pixels(1).subarray(1), labels: [-1] })).toEqual([
      'DATA_SHAPE data.images',
      'LABELS_RANGE data.labels[0]',
    ]);
  });

  test('wrong options before it reads', async () => {
    const stream = dataset([pixels(1)]);
    const options = { shape: [2, 0], classes: 0, maxImages: 1.5, maximages: 3 } as OpenImagesOptions;
    expect(await issuesOf(stream, options)).toEqual([
      'UNKNOWN_OPTION openImages.options.maximages',
      'DATA_OPTION openImages.options.shape',
      'DATA_OPTION openImages.options.classes',
      'DATA_OPTION openImages.options.maxImages',
    ]);
    expect(stream.seen.asked).toBe(0);
  });
});
