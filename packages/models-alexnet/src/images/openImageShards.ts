import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { BnfreeError, type Issue, throwIfIssues } from '@bnfree/core';
import { checkOptions } from '../options/checkOptions.js';
import { assignLabels, type UnlabeledImage } from './assignLabels.js';
import { type DamagedImage, type ImageSet, imageFile, type LabelOptions } from './imageSet.js';
import { labelChecks } from './labelChecks.js';
import { readImageBytes } from './readImageBytes.js';
import { readTarEntries, type TarEntry } from './readTarEntries.js';

/**
 * Indexes tar shards in the WebDataset layout: files of the same path up to the first dot of the name are one sample.
 *
 * A sample has an image `.jpg`, `.jpeg` or `.png`, and may have a label `.cls`; others of its files are not read. Only headers are
 * read, and batches take images from wherever they are, so shards need not be shuffled beforehand. What lies before a shard's damage
 * is used; the damage stands in `damaged`. Node only.
 *
 * @throws BnfreeError DATASET_MISSING for every shard that cannot be opened, DATASET_DAMAGED when no image is left,
 * LABEL_MISSING, LABEL_UNKNOWN, LABELS_RANGE, INVALID_OPTION, UNKNOWN_OPTION
 */
export async function openImageShards(
  shards: readonly string[],
  options: LabelOptions = {},
): Promise<ImageSet> {
  throwIfIssues(checkOptions(options, labelChecks));
  const images: UnlabeledImage[] = [];
  const damaged: DamagedImage[] = [];
  const issues: Issue[] = [];
  for (const path of shards) {
    try {
      await readShard(path, images, damaged);
    } catch (error) {
      if (!(error instanceof BnfreeError)) throw error;
      issues.push(...error.issues);
    }
  }
  throwIfIssues(issues);
  if (images.length === 0) throw noImages(shards, damaged);
  const labels = await assignLabels(images, options, shards.join(', '));
  return { count: images.length, ...labels, entries: images.map(({ entry }) => entry), damaged };
}

async function readShard(path: string, images: UnlabeledImage[], damaged: DamagedImage[]): Promise<void> {
  const archive = await open(path, 'r').catch((cause: unknown) => {
    const message = `cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`;
    const fix = 'give the paths of tar files';
    throw new BnfreeError([{ code: 'DATASET_MISSING', path, message, fix }], { cause });
  });
  let sample: TarEntry[] = [];
  const close = async (): Promise<void> => {
    if (sample.length > 0) await readSample(path, sample, images, damaged);
  };
  try {
    for await (const entry of readTarEntries(archive)) {
      if (sample.length > 0 && keyOf(sample[0].name) !== keyOf(entry.name)) {
        await close();
        sample = [];
      }
      sample.push(entry);
    }
  } catch (error) {
    damaged.push({ name: path, reason: error instanceof Error ? error.message : String(error) });
  } finally {
    await archive.close();
  }
  await close();
}

async function readSample(
  path: string,
  files: readonly TarEntry[],
  images: UnlabeledImage[],
  damaged: DamagedImage[],
): Promise<void> {
  const pictures = files.filter(({ name }) => imageFile.test(name));
  if (pictures.length === 0) return;
  const [{ name: inside, start, length }] = pictures;
  const name = `${basename(path)}:${inside}`;
  if (pictures.length > 1) {
    damaged.push({ name, reason: `its sample has ${pictures.length} images, expected one` });
    return;
  }
  const cls = files.find((file) => file.name.endsWith('.cls'));
  const folders = inside.split('/').slice(0, -1);
  const folder = folders.length === 0 ? null : { text: folders[folders.length - 1], mayBeIndex: false };
  const label = cls === undefined ? folder : { text: await readClass(path, cls), mayBeIndex: true };
  images.push({ entry: { name, file: path, start, length }, path: inside, label });
}

/** More than any class name takes. */
const longestClassBytes = 1024;

async function readClass(file: string, { start, length }: TarEntry): Promise<string> {
  const bytes = await readImageBytes({ file, start, length: Math.min(length, longestClassBytes) });
  return new TextDecoder().decode(bytes).trim();
}

function keyOf(name: string): string {
  const folder = name.lastIndexOf('/') + 1;
  const dot = name.indexOf('.', folder);
  return dot < 0 ? name : name.slice(0, dot);
}

function noImages(shards: readonly string[], damaged: readonly DamagedImage[]): BnfreeError {
  const fix = 'give tar files that hold images *.jpg, *.jpeg or *.png';
  const issues = damaged.map(({ name, reason }): Issue => {
    return { code: 'DATASET_DAMAGED', path: name, message: reason, fix };
  });
  const message = `got no image in ${shards.length} shards`;
  return new BnfreeError([
    ...issues,
    { code: 'DATASET_DAMAGED', path: shards.join(', ') || 'shards', message, fix },
  ]);
}
