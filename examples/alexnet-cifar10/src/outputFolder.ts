import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BnfreeError } from '@bnfree/core';
import { makeFolder } from '@bnfree/distill';

/** Where a run keeps its files. */
export interface OutputFolder {
  readonly artifact: string;
  readonly report: string;
  /** The report for people. */
  readonly page: string;
  /** A folder, removed when the run is complete. */
  readonly checkpoint: string;
}

/** Makes the folder and checks that files can be written there. Throws OUTPUT_NOT_WRITABLE. */
export async function openOutputFolder(path: string): Promise<OutputFolder> {
  const probe = join(path, `.writable-${process.pid}`);
  try {
    await makeFolder(path);
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    throw notWritable(path, cause);
  }
  return {
    artifact: join(path, 'model.bnfree'),
    report: join(path, 'report.json'),
    page: join(path, 'report.html'),
    checkpoint: join(path, 'checkpoint'),
  };
}

function notWritable(path: string, cause: unknown): BnfreeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const fix = 'write --out with a folder that you may write to, such as --out /tmp/alexnet';
  return new BnfreeError(
    [{ code: 'OUTPUT_NOT_WRITABLE', path, message: `cannot be written: ${reason}`, fix }],
    {
      cause,
    },
  );
}
