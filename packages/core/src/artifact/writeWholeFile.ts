import { BnfreeError } from '@bnfree/integer-kernels';
import { nodeFiles } from './nodeFiles.js';

/**
 * Writes a file completely or not at all, so that a reader never sees a part of it. Node only.
 *
 * The content goes to a temporary file beside it first, which is then renamed; text is written as UTF-8.
 * @throws BnfreeError FILE_UNWRITABLE
 */
export async function writeWholeFile(path: string | URL, content: Uint8Array | string): Promise<void> {
  const { rename, rm, writeFile } = nodeFiles();
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `cannot write ${String(path)}: ${reason}`;
    const fix = 'give a path in a folder that exists and that you may write to';
    throw new BnfreeError([{ code: 'FILE_UNWRITABLE', path: 'path', message, fix }], { cause });
  }
}

function temporaryBeside(path: string | URL): string | URL {
  const ending = `.${process.pid}-${Date.now().toString(36)}.tmp`;
  return path instanceof URL ? new URL(path.href + ending) : path + ending;
}
