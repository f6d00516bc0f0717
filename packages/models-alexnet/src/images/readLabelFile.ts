import { readFile } from 'node:fs/promises';
import { BnfreeError, type Issue, throwIfIssues } from '@bnfree/core';

/**
 * Reads a file of labels: a line `name label` or `name,label` an image, as Caffe and Kaggle write them for ImageNet.
 *
 * `name` is a path below the folder, a file name or a file name without its extension; `label` the name or the index of a class.
 * What follows them on a line (Kaggle's boxes) is no label; a first line `ImageId,...` is a heading.
 *
 * @throws BnfreeError DATASET_MISSING, DATASET_DAMAGED with every bad line
 */
export async function readLabelFile(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    const fix = 'give the path of a text file with a line "name label" an image';
    throw new BnfreeError([{ code: 'DATASET_MISSING', path, message, fix }], { cause });
  });
  const labels = new Map<string, string>();
  const issues: Issue[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '' || (index === 0 && line.startsWith('ImageId,'))) return;
    const [name, label] = line.trim().split(/[\s,]+/) as [string, string | undefined];
    const damaged = (message: string): void => {
      const fix = 'write one line "name label" for each image';
      issues.push({ code: 'DATASET_DAMAGED', path: `${path}:${index + 1}`, message, fix });
    };
    if (label === undefined) damaged(`got ${JSON.stringify(line.slice(0, 80))}, expected a name and a label`);
    else if ((labels.get(name) ?? label) !== label) damaged(`got a second label of ${name}, expected one`);
    else labels.set(name, label);
  });
  throwIfIssues(issues);
  return labels;
}
