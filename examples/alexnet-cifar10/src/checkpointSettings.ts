import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BnfreeError, throwIfIssues, writeWholeFile } from '@bnfree/core';
import { makeFolder } from '@bnfree/distill';
import { type DemoSettings, resultSettings } from './demoSettings.js';
import { resultFlags } from './writeFlags.js';

const fileName = 'demo.json';

/**
 * Readies the checkpoint folder: to go on from, or empty.
 *
 * @returns whether the run goes on from an earlier one
 * @throws BnfreeError CHECKPOINT_OF_ANOTHER_RUN, one issue a flag that differs, CHECKPOINT_DAMAGED
 */
export async function openCheckpoint(folder: string, settings: DemoSettings): Promise<boolean> {
  const flags = resultFlags(resultSettings(settings));
  const file = join(folder, fileName);
  const stored = await readFile(file, 'utf8').catch(() => undefined);
  if (stored !== undefined && settings.isResuming) {
    assertSameFlags(folder, flags, parseFlags(file, stored));
    return true;
  }
  // Only what this program made is removed.
  if (stored !== undefined) await removeCheckpoint(folder);
  await makeFolder(folder);
  await writeWholeFile(file, `${JSON.stringify(flags)}\n`);
  return false;
}

/** Removes a checkpoint that is no longer needed. */
export async function removeCheckpoint(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

type Flags = ReturnType<typeof resultFlags>;

function assertSameFlags(folder: string, flags: Flags, stored: Partial<Flags>): void {
  const names = Object.keys(flags) as (keyof Flags)[];
  throwIfIssues(
    names
      .filter((name) => flags[name] !== stored[name])
      .map((name) => ({
        code: 'CHECKPOINT_OF_ANOTHER_RUN',
        path: `--${name}`,
        message: `got ${flags[name]}, expected ${String(stored[name])} as in the run that left ${folder}`,
        fix: `--${name} ${String(stored[name])}, or leave --resume out to start anew`,
      })),
  );
}

function parseFlags(file: string, text: string): Partial<Flags> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Reported below, like JSON of another kind.
  }
  const message = `got ${text.length} characters that are not the flags of a run`;
  throw new BnfreeError([
    { code: 'CHECKPOINT_DAMAGED', path: file, message, fix: 'leave --resume out to start anew' },
  ]);
}
