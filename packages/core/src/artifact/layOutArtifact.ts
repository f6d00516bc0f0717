import { throwIfIssues } from '@bnfree/integer-kernels';
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { canonicalJson } from './canonicalJson.js';
import { externalizeGraph, type ExternalTensor } from './externalizeGraph.js';
import { dtypeBytes, tableJson, type TensorEntry } from './tensorTable.js';

export const formatName = 'bnfree.integer-graph';
export const formatVersion = '1';

/** Everything about a file but its bytes: the one order and form that a graph has. */
export interface ArtifactLayout {
  readonly graphText: string;
  readonly entries: readonly TensorEntry[];
  readonly tensors: readonly ExternalTensor[];
  readonly payloadLength: number;
}

/**
 * Decides where every tensor of a graph stands in its file.
 *
 * 32-bit tensors first, then bytes, each group sorted by name: every tensor is aligned and there are no holes.
 * @throws BnfreeError GRAPH_NOT_INTEGER
 */
export function layOutArtifact(graph: IntegerGraph): ArtifactLayout {
  const { json, tensors, issues } = externalizeGraph(graph);
  throwIfIssues(issues);
  const ordered = [...tensors].sort(
    (a, b) => dtypeBytes[b.dtype] - dtypeBytes[a.dtype] || (a.name < b.name ? -1 : 1),
  );
  let payloadLength = 0;
  const entries = ordered.map(({ name, dtype, shape, values }) => {
    const begin = payloadLength;
    payloadLength += values.byteLength;
    return { name, dtype, shape, begin, end: payloadLength };
  });
  return { graphText: canonicalJson(json), entries, tensors: ordered, payloadLength };
}

/** Writes length, header and padding: everything before the payload. */
export function headerBytes(layout: ArtifactLayout, sha256Text: string): Uint8Array {
  const metadata = {
    format: formatName,
    graph: layout.graphText,
    sha256: sha256Text,
    version: formatVersion,
  };
  const text = canonicalJson({ __metadata__: metadata, ...tableJson(layout.entries) });
  const json = new TextEncoder().encode(text);
  const jsonLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + jsonLength).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(jsonLength), true);
  bytes.set(json, 8);
  return bytes;
}

/** Writes tensors one after another, 32-bit values as little endian. */
export function writePayload(layout: ArtifactLayout, payload: Uint8Array): void {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  layout.tensors.forEach(({ values }, index) => {
    const begin = layout.entries[index]?.begin ?? 0;
    if (values instanceof Uint8Array) payload.set(values, begin);
    else
      values.forEach((value, element) => {
        view.setInt32(begin + 4 * element, value, true);
      });
  });
}

/**
 * SHA-256 over graph, tensor table and payload, as 64 lower-case hex digits.
 *
 * Each of the two texts is preceded by its length in bytes (64 bits, little endian), so that no two files share a stream.
 */
export function artifactDigest(
  graphText: string,
  entries: readonly TensorEntry[],
  payload: Uint8Array,
): string {
  const hash = sha256.create();
  for (const text of [graphText, canonicalJson(tableJson(entries))]) {
    const bytes = new TextEncoder().encode(text);
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(bytes.length), true);
    hash.update(length).update(bytes);
  }
  return bytesToHex(hash.update(payload).digest());
}
