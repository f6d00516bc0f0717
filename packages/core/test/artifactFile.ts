import { createHash } from 'node:crypto';

interface TensorFields {
  dtype: string;
  shape: number[];
  data_offsets: number[];
}

/** An artifact taken apart by means that share nothing with the package: JSON.parse and node:crypto. */
export interface ArtifactFile {
  metadata: Record<string, string>;
  tensors: Record<string, TensorFields>;
  payload: Uint8Array;
}

export function openArtifact(bytes: Uint8Array): ArtifactFile {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const { __metadata__: metadata, ...tensors } = JSON.parse(text) as Record<string, TensorFields>;
  return {
    metadata: metadata as unknown as Record<string, string>,
    tensors,
    payload: bytes.slice(8 + length),
  };
}

/** Puts a file together again, with the digest of what it now contains. */
export function closeArtifact(file: ArtifactFile): Uint8Array {
  const metadata = { ...file.metadata, sha256: digestOf(file) };
  return frame(sortedJson({ __metadata__: metadata, ...file.tensors }), file.payload);
}

/** Length, header text padded to 8, payload. */
export function frame(headerText: string, payload: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(headerText);
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, 32);
  padded.set(text);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return new Uint8Array(Buffer.concat([length, padded, payload]));
}

export function digestOf({ metadata, tensors, payload }: ArtifactFile): string {
  const hash = createHash('sha256');
  for (const text of [metadata.graph, sortedJson(tensors)]) {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    hash.update(length).update(bytes);
  }
  return hash.update(payload).digest('hex');
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
