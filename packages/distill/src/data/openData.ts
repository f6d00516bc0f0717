import { unknownKeys } from '@bnfree/integer-kernels';
import { BnfreeError, type Issue, throwIfIssues } from '@bnfree/core';
import { createImagePool } from './createImagePool.js';
import { type DatasetLike, type ImageSource, isObject, isTensor } from './imageSource.js';
import type { ImagePool } from './imagePool.js';
import { readLabels } from './readLabels.js';
import { readNamedPixels } from './readNamedPixels.js';
import { kindOf, readPixels, type Pixels } from './readPixels.js';

export interface OpenImagesOptions {
  /** Shape of one image, `[height, width, channels]` or `[features]`. */
  readonly shape?: readonly number[];
  /** Shapes of several inputs of an image, by name, in place of `shape`: the pixels are then `{ [name]: numbers }`. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  /** Number of classes, to check the labels against. */
  readonly classes?: number;
  /** Reads no more than this; a stream is ended early. */
  readonly maxImages?: number;
  readonly signal?: AbortSignal;
}

/** Images and labels of one item, checked. */
interface ImageChunk {
  readonly count: number;
  readonly images: Uint8Array;
  readonly labels: Int32Array | null;
}

const optionNames = [
  'shape',
  'inputs',
  'classes',
  'maxImages',
  'signal',
] satisfies (keyof OpenImagesOptions)[];

/**
 * Reads training images, stored pixels 0..255, into memory.
 *
 * Takes typed arrays, tensors and arrays of numbers, `{ images, labels, count }` or `{ xs, ys }` of these, and iterables,
 * async iterables and tf.data datasets of all of these, one image or a batch an item. Bytes given directly are kept,
 * not copied. With several inputs the pixels of an item are an object by their names, and each image of the pool holds all of
 * them one after another. Tensors that a stream makes are disposed; those that the caller holds, alone or in an array, are not.
 * Reading ends at the first item with problems, all of which are reported.
 *
 * @throws BnfreeError NO_DATA, DATA_KIND, DATA_SHAPE, DATA_RANGE, LABELS_LENGTH, LABELS_RANGE, LABELS_ONE_HOT,
 * DATA_OPTION, UNKNOWN_OPTION; the signal's reason when aborted
 */
export async function openImages(data: ImageSource, options: OpenImagesOptions): Promise<ImagePool> {
  throwIfIssues(checkOptions(options));
  options.signal?.throwIfAborted();
  const chunks = isStream(data) ? await readStream(data, options) : [await readItem(data, 'data', options)];
  return joinChunks(chunks, options);
}

function checkOptions(options: OpenImagesOptions): Issue[] {
  const issues = unknownKeys(options, optionNames, 'openImages.options', 'UNKNOWN_OPTION');
  const positive = (value: number) => Number.isInteger(value) && value > 0;
  const issue = (path: string, got: unknown, fix: string) => {
    const message = `got ${JSON.stringify(got)}, expected whole numbers from 1`;
    issues.push({ code: 'DATA_OPTION', path: `openImages.options.${path}`, message, fix });
  };
  const { shape, inputs, classes, maxImages } = options;
  const shapes = inputs === undefined ? { shape } : inputs;
  for (const [name, given] of Object.entries(shapes)) {
    if (given === undefined || given.length === 0 || !given.every(positive))
      issue(inputs === undefined ? name : `inputs.${name}`, given, `${name}: [32, 32, 3]`);
  }
  if (classes !== undefined && !positive(classes)) issue('classes', classes, 'classes: 10');
  if (maxImages !== undefined && !positive(maxImages)) issue('maxImages', maxImages, 'maxImages: 1000');
  return issues;
}

type Stream = DatasetLike | Iterable<unknown> | AsyncIterable<unknown>;

function isStream(data: unknown): data is Stream {
  if (!isObject(data) || isTensor(data) || ArrayBuffer.isView(data)) return false;
  if (Array.isArray(data)) return typeof data[0] !== 'number';
  return isDataset(data) || Symbol.asyncIterator in data || Symbol.iterator in data;
}

function isDataset(data: object): data is DatasetLike {
  return 'iterator' in data && typeof data.iterator === 'function';
}

async function readStream(data: Stream, options: OpenImagesOptions): Promise<ImageChunk[]> {
  const { maxImages = Infinity, signal } = options;
  const isOwner = !Array.isArray(data);
  const chunks: ImageChunk[] = [];
  let count = 0;
  for await (const item of isDataset(data) ? itemsOf(data) : data) {
    try {
      signal?.throwIfAborted();
      const chunk = await readItem(item, `data[${chunks.length}]`, options);
      throwIfIssues(checkLabeled(chunks[0], chunk, `data[${chunks.length}]`));
      // Copied, because a stream may fill the same bytes again for its next item.
      chunks.push(isOwner ? { ...chunk, images: chunk.images.slice() } : chunk);
      count += chunk.count;
    } finally {
      if (isOwner) disposeTensors(item);
    }
    if (count >= maxImages) break;
  }
  return chunks;
}

async function* itemsOf(dataset: DatasetLike): AsyncGenerator {
  const iterator = await dataset.iterator();
  try {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

function disposeTensors(item: unknown): void {
  if (isTensor(item)) item.dispose();
  else if (isParts(item)) {
    for (const part of Object.values(item)) disposeTensors(part);
  }
}

/** Whether an item names its parts, rather than being pixels itself. */
function isParts(item: unknown): item is Readonly<Record<PropertyKey, unknown>> {
  return isObject(item) && !isTensor(item) && !ArrayBuffer.isView(item) && !Array.isArray(item);
}

async function readItem(item: unknown, path: string, options: OpenImagesOptions): Promise<ImageChunk> {
  const { source, imagesPath, labels, labelsPath, count } = partsOf(item, path);
  const pixels = await readInputs(source, options, imagesPath);
  const issues: Issue[] = Array.isArray(pixels) ? [...pixels] : [];
  let indices: Int32Array | null = null;
  if (labels !== undefined && labels !== null) {
    const read = await readLabels(
      labels,
      'count' in pixels ? pixels.count : null,
      options.classes,
      labelsPath,
    );
    if (Array.isArray(read)) issues.push(...read);
    else indices = read;
  }
  if ('count' in pixels && count !== undefined && count !== pixels.count) {
    const message = `got the count ${JSON.stringify(count)}, expected ${pixels.count} as there are images`;
    issues.push({ code: 'DATA_SHAPE', path: `${path}.count`, message, fix: `count: ${pixels.count}` });
  }
  if (!('count' in pixels) || issues.length > 0) throw new BnfreeError(issues);
  return { ...pixels, labels: indices };
}

/** Pixels of an item: those of the only input, or of all inputs side by side. */
async function readInputs(
  source: unknown,
  { shape = [], inputs }: OpenImagesOptions,
  path: string,
): Promise<Pixels | Issue[]> {
  return inputs === undefined ? readPixels(source, shape, path) : readNamedPixels(source, inputs, path);
}

/** Where an item's pixels and labels are. */
function partsOf(item: unknown, path: string) {
  if (item === undefined || item === null) throw noData(path, `got ${String(item)}`);
  if (!isParts(item)) return { source: item, imagesPath: path, labels: undefined, labelsPath: path };
  const [images, labels, ...others] = 'xs' in item ? ['xs', 'ys'] : ['images', 'labels', 'count'];
  if (!(images in item)) throw new BnfreeError([objectIssue(item, path)]);
  throwIfIssues(unknownKeys(item, [images, labels, ...others], path, 'UNKNOWN_OPTION'));
  return {
    source: item[images],
    imagesPath: `${path}.${images}`,
    labels: item[labels],
    labelsPath: `${path}.${labels}`,
    count: 'xs' in item ? undefined : item['count'],
  };
}

function objectIssue(item: object, path: string): Issue {
  return {
    code: 'DATA_KIND',
    path,
    message: `got ${kindOf(item)}, expected images and, where there are some, labels`,
    fix: item instanceof ArrayBuffer ? 'new Uint8Array(data)' : '{ images, labels }',
  };
}

function checkLabeled(first: ImageChunk | undefined, chunk: ImageChunk, path: string): Issue[] {
  if (!first || (first.labels === null) === (chunk.labels === null)) return [];
  return [
    {
      code: 'LABELS_LENGTH',
      path,
      message: chunk.labels
        ? 'got labels, expected none as in the items before'
        : `got no labels, expected ${chunk.count} as the items before have them`,
      fix: 'give labels in every item, or in none',
    },
  ];
}

function joinChunks(chunks: readonly ImageChunk[], options: OpenImagesOptions): ImagePool {
  const { maxImages } = options;
  const shape = poolShape(options);
  const available = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
  if (available === 0) throw noData('data', 'got 0 images');
  const count = Math.min(available, maxImages ?? available);
  const imageSize = shape.reduce((product, size) => product * size, 1);
  const [first] = chunks;
  if (chunks.length === 1) {
    const images = first.images.subarray(0, count * imageSize);
    return createImagePool({ count, shape, images, labels: first.labels && first.labels.subarray(0, count) });
  }
  const images = new Uint8Array(available * imageSize);
  const labels = first.labels ? new Int32Array(available) : null;
  let at = 0;
  for (const chunk of chunks) {
    images.set(chunk.images, at * imageSize);
    if (chunk.labels) labels?.set(chunk.labels, at);
    at += chunk.count;
  }
  return createImagePool({
    count,
    shape,
    images: images.subarray(0, count * imageSize),
    labels: labels && labels.subarray(0, count),
  });
}

/** Shape of an image of the pool; several inputs are one row of bytes. */
function poolShape({ shape = [], inputs }: OpenImagesOptions): readonly number[] {
  if (inputs === undefined) return shape;
  const sizes = Object.values(inputs).map((own) => own.reduce((product, size) => product * size, 1));
  return [sizes.reduce((sum, size) => sum + size, 0)];
}

function noData(path: string, got: string): BnfreeError {
  return new BnfreeError([
    {
      code: 'NO_DATA',
      path,
      message: `${got}, expected at least one image`,
      fix: 'give training images: a Uint8Array, a tensor, or an iterable of batches; without labels is fine',
    },
  ]);
}
