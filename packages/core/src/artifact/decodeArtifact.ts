import { BnfreeError, throwIfIssues, type Issue } from '@bnfree/integer-kernels';
import { assertGraph } from '../graph/checkGraph.js';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { artifactDigest, formatName, formatVersion, headerBytes, layOutArtifact } from './layOutArtifact.js';
import { parseIntegerJson, type JsonObject } from './parseIntegerJson.js';
import { readTensorTable } from './readTensorTable.js';
import { graphReader } from './readers/graph.js';
import { op } from './readers/ops.js';
import { object } from './readers/composites.js';
import { text } from './readers/scalars.js';
import { dtypeBytes, type TensorEntry } from './tensorTable.js';

/** Largest header that is read; the limit of the safetensors format. */
const maximalHeaderLength = 100_000_000;

interface ArtifactMetadata {
  format: string;
  version: string;
  graph: string;
  sha256: string;
}

const readGraph = graphReader(op);

const metadataReader = object<ArtifactMetadata>({
  format: text,
  version: text,
  graph: text,
  sha256: text,
});

/**
 * Reads a file that encodeArtifact wrote, trusting nothing in it.
 *
 * Only the one canonical form of a valid graph is accepted: what comes back encodes to the same bytes. Tensors are copies.
 * @throws BnfreeError with a code ARTIFACT_* for the file (docs/artifact.md), or every issue of checkGraph
 */
export function decodeArtifact(bytes: Uint8Array): IntegerGraph {
  const headerLength = readHeaderLength(bytes);
  const headerText = decodeText(bytes.subarray(8, 8 + headerLength));
  const header = parseIntegerJson(headerText, 'header');
  if (!(header instanceof Map)) return refuse('ARTIFACT_JSON', 'header', 'expected an object');
  const payload = bytes.subarray(8 + headerLength);
  const metadata = readMetadata(header);
  const entries = readTensorTable(header, payload.length);
  const digest = artifactDigest(metadata.graph, entries, payload);
  if (digest !== metadata.sha256) {
    const message = `the content has SHA-256 ${digest}, the file says ${metadata.sha256}`;
    return refuse('ARTIFACT_DIGEST', 'header.__metadata__.sha256', message);
  }
  const graph = readContent(metadata.graph, entries, payload);
  assertGraph(graph);
  assertCanonical(graph, digest, bytes.subarray(0, 8 + headerLength));
  return graph;
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < 8) {
    return refuse('ARTIFACT_TRUNCATED', 'file', `got ${bytes.length} bytes, expected at least 8`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getUint32(0, true);
  if (view.getUint32(4, true) !== 0 || length < 2 || length > maximalHeaderLength) {
    return refuse('ARTIFACT_NOT_SAFETENSORS', 'file', 'the first 8 bytes are not the length of a header');
  }
  if (bytes.length > 8 && bytes[8] !== 0x7b) {
    return refuse('ARTIFACT_NOT_SAFETENSORS', 'file', 'the header does not start with {');
  }
  if (length > bytes.length - 8) {
    const message = `got ${bytes.length - 8} bytes after the length, expected a header of ${length}`;
    return refuse('ARTIFACT_TRUNCATED', 'header', message);
  }
  return length;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    return refuse('ARTIFACT_NOT_SAFETENSORS', 'header', 'the header is not UTF-8', cause);
  }
}

function readMetadata(header: JsonObject): ArtifactMetadata {
  const value = header.get('__metadata__');
  if (!(value instanceof Map) || value.get('format') !== formatName) {
    const message = `this safetensors file does not say format ${formatName}`;
    return refuse('ARTIFACT_FORMAT', 'header.__metadata__.format', message);
  }
  const version = value.get('version');
  if (version !== formatVersion) {
    const message = `got version ${JSON.stringify(version)}, expected ${JSON.stringify(formatVersion)}`;
    return refuse('ARTIFACT_VERSION', 'header.__metadata__.version', message);
  }
  const issues: Issue[] = [];
  const path = 'header.__metadata__';
  const metadata = metadataReader(value, path, { issues, tensor: () => undefined });
  throwIfIssues(issues);
  return metadata;
}

function readContent(graphText: string, entries: readonly TensorEntry[], payload: Uint8Array): IntegerGraph {
  const issues: Issue[] = [];
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const graph = readGraph(parseIntegerJson(graphText, 'graph'), 'graph', {
    issues,
    tensor: (name, element) => {
      const entry = byName.get(name);
      if (entry === undefined || (dtypeBytes[entry.dtype] === 4) !== (element === 'int32')) return;
      // One reference a tensor: many references to a large one would multiply memory.
      byName.delete(name);
      const content = payload.slice(entry.begin, entry.end);
      return element === 'byte' ? content : readInt32s(content);
    },
  });
  throwIfIssues(issues);
  return graph;
}

function readInt32s(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(4 * index, true));
}

/** A second spelling of the same graph (order, spaces, unused tensors, shapes) is refused: one graph has one digest and one file. */
function assertCanonical(graph: IntegerGraph, digest: string, header: Uint8Array): void {
  const expected = headerBytes(layOutArtifact(graph), digest);
  if (expected.length === header.length && expected.every((byte, index) => byte === header[index])) {
    return;
  }
  refuse('ARTIFACT_NOT_CANONICAL', 'header', 'the header is not written as encodeArtifact writes it');
}

function refuse(code: string, path: string, message: string, cause?: unknown): never {
  const fix = 'get the file again, or write it with writeArtifact(path, graph)';
  throw new BnfreeError([{ code, path, message, fix }], { cause });
}
