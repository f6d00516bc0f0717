import { BnfreeError } from '@bnfree/integer-kernels';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { sha256Hex } from '../graph/sha256Hex.js';
import { encodeArtifact } from './encodeArtifact.js';
import { nodeFiles } from './nodeFiles.js';

/** What was written: bytes, and SHA-256 over them as hex digits. */
export interface WrittenArtifact {
  readonly byteLength: number;
  readonly sha256: string;
}

/**
 * Writes an artifact to a file, completely or not at all. Node only.
 *
 * The bytes go to a temporary file beside it first, which is then renamed.
 * @throws BnfreeError FILE_UNWRITABLE, or what encodeArtifact throws
 */
export async function writeArtifact(
  path: string | URL,
  artifact: Uint8Array | IntegerGraph,
): Promise<WrittenArtifact> {
  const bytes = artifact instanceof Uint8Array ? artifact : encodeArtifact(artifact);
  const { rename, rm, writeFile } = await nodeFiles();
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, bytes, { flush: true });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `cannot write ${String(path)}: ${reason}`;
    const fix = 'give a path in a folder that exists and that you may write to';
    throw new BnfreeError([{ code: 'FILE_UNWRITABLE', path: 'path', message, fix }], { cause });
  }
  return { byteLength: bytes.length, sha256: sha256Hex(bytes) };
}

function temporaryBeside(path: string | URL): string | URL {
  const ending = `.${process.pid}-${Date.now().toString(36)}.tmp`;
  return path instanceof URL ? new URL(path.href + ending) : path + ending;
}
