import type { IntegerGraph } from '../graph/integerGraph.js';
import { sha256Hex } from '../graph/sha256Hex.js';
import { encodeArtifact } from './encodeArtifact.js';
import { writeWholeFile } from './writeWholeFile.js';

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
  await writeWholeFile(path, bytes);
  return { byteLength: bytes.length, sha256: sha256Hex(bytes) };
}
