import { BnfreeError } from '@bnfree/integer-kernels';
import type { CommandResult, FileCommand } from './commandResult.js';

/** Where a command writes. */
export interface CommandStreams {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** Runs a command on a file, prints what it found, and returns the exit code: 0 where all is well, else 1. */
export async function runCommand(
  command: FileCommand,
  file: string,
  isJson: boolean,
  { write, writeError }: CommandStreams,
): Promise<number> {
  let result: CommandResult;
  try {
    result = await command(file);
  } catch (error) {
    if (!(error instanceof BnfreeError)) throw error;
    if (isJson) write(`${JSON.stringify({ code: error.code, issues: error.issues }, null, 2)}\n`);
    else writeError(`${error.message}\n`);
    return 1;
  }
  write(isJson ? `${JSON.stringify(result.data, null, 2)}\n` : `${result.text}\n`);
  return result.isOk ? 0 : 1;
}
