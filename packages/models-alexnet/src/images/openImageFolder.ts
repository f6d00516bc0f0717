import { type Dirent, promises as fs } from 'node:fs';
import { join } from 'node:path';
import { BnfreeError, throwIfIssues } from '@bnfree/core';
import { checkOptions } from '../options/checkOptions.js';
import { assignLabels, type UnlabeledImage } from './assignLabels.js';
import { type ImageSet, imageFile, type LabelOptions } from './imageSet.js';
import { labelChecks } from './labelChecks.js';

/**
 * Indexes a folder that has a folder a class: JPEG and PNG files, at any depth, in the order of their paths.
 *
 * Links are followed. Node only.
 *
 * @throws BnfreeError DATASET_MISSING, DATASET_DAMAGED, LABEL_MISSING, LABEL_UNKNOWN, LABELS_RANGE, INVALID_OPTION,
 * UNKNOWN_OPTION
 */
export async function openImageFolder(folder: string, options: LabelOptions = {}): Promise<ImageSet> {
  throwIfIssues(checkOptions(options, labelChecks));
  const paths = await listImages(folder).catch((cause: unknown) => {
    throw missing(folder, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  });
  if (paths.length === 0) throw missing(folder, 'got no image, expected files *.jpg, *.jpeg or *.png');
  const images = paths.map((path): UnlabeledImage => {
    const [first, ...rest] = path.split('/');
    return {
      entry: { name: path, file: join(folder, path), start: 0, length: null },
      path,
      label: rest.length === 0 ? null : { text: first, mayBeIndex: false },
    };
  });
  const labels = await assignLabels(images, options, folder);
  return { count: images.length, ...labels, entries: images.map(({ entry }) => entry), damaged: [] };
}

/** Paths of all images below a folder, with forward slashes, sorted. */
async function listImages(folder: string): Promise<string[]> {
  const found: string[] = [];
  const seen = new Set<string>();
  const walk = async (below: string): Promise<void> => {
    // A link to a folder above would have no end.
    const real = await fs.realpath(join(folder, below));
    if (seen.has(real)) return;
    seen.add(real);
    for (const dirent of await fs.readdir(real, { withFileTypes: true })) {
      const path = below === '' ? dirent.name : `${below}/${dirent.name}`;
      if (await isFolder(dirent, join(real, dirent.name))) await walk(path);
      else if (imageFile.test(dirent.name)) found.push(path);
    }
  };
  await walk('');
  return found.sort();
}

async function isFolder(dirent: Dirent, path: string): Promise<boolean> {
  if (!dirent.isSymbolicLink()) return dirent.isDirectory();
  // A link to nothing is found out, and named, when the image is read.
  return fs.stat(path).then(
    (target) => target.isDirectory(),
    () => false,
  );
}

function missing(path: string, message: string, cause?: unknown): BnfreeError {
  const fix = 'give a folder that holds a folder of images for each class';
  return new BnfreeError([{ code: 'DATASET_MISSING', path, message, fix }], { cause });
}
