import { BnfreeError, type Issue } from '@bnfree/core';
// The default export: a bundle for browsers has an empty module in its place.
import pngjs, { type PNG } from 'pngjs';
import { cifar10ImageBytes, cifar10Input } from '../app/cifar10Input.js';
import { type Cifar10Split, cifar10Splits, imagesPerFile } from './cifar10Layout.js';
import type { ImageDataset } from './imageDataset.js';
import { locateCifar10 } from './locateCifar10.js';
import { readCifar10Labels } from './readCifar10Labels.js';
import { damagedDataset, readDatasetFile } from './readDatasetFile.js';

/** Reads the first `count` images of a split and their labels; reports every bad file at once. */
export async function readCifar10(
  split: Cifar10Split,
  root: string | undefined,
  count: number,
): Promise<ImageDataset> {
  const path = process.getBuiltinModule('node:path');
  const folder = root ?? locateCifar10();
  const layout = cifar10Splits[split];
  const images = new Uint8Array(count * cifar10ImageBytes);
  const files = layout.images.slice(0, Math.ceil(count / imagesPerFile));
  const labels = readCifar10Labels(path.join(folder, layout.labels), layout.count);
  const results = await Promise.allSettled([
    labels,
    ...files.map((file, i) =>
      readImages(path.join(folder, file), images, i * imagesPerFile * cifar10ImageBytes),
    ),
  ]);
  const issues = results.flatMap((result) => (result.status === 'rejected' ? issuesOf(result.reason) : []));
  if (issues.length > 0) throw new BnfreeError(issues);
  return { count, shape: cifar10Input.shape, images, labels: (await labels).slice(0, count) };
}

/** Decodes one file into `images` from `offset` on, as far as there is room. */
async function readImages(path: string, images: Uint8Array, offset: number): Promise<void> {
  const { width, height, data } = decodePng(path, await readDatasetFile(path));
  if (width * 3 !== cifar10ImageBytes || height !== imagesPerFile) {
    throw damagedDataset(path, `got ${width}x${height} pixels, expected 1024x${imagesPerFile}`);
  }
  copyWithoutAlpha(data, images.subarray(offset));
}

function decodePng(path: string, file: Buffer): PNG {
  try {
    // Not the asynchronous parser: where pixels are missing it ends the process by an 'error' event that nobody hears.
    return pngjs.PNG.sync.read(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw damagedDataset(path, `got ${file.length} bytes that are no whole PNG: ${reason}`, cause);
  }
}

/** Fills `rgb` with the first pixels of `rgba`. */
function copyWithoutAlpha(rgba: Uint8Array, rgb: Uint8Array): void {
  const length = Math.min(rgb.length, (rgba.length / 4) * 3);
  for (let from = 0, to = 0; to < length; from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
}

function issuesOf(reason: unknown): readonly Issue[] {
  if (reason instanceof BnfreeError) return reason.issues;
  throw reason;
}
