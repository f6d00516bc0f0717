import { throwIfIssues, type Issue } from '@bnfree/integer-kernels';
import { assertGraph } from '../graph/checkGraph.js';
import type { IntegerGraph } from '../graph/integerGraph.js';
import {
  artifactDigest,
  headerBytes,
  layOutArtifact,
  writePayload,
  type ArtifactLayout,
} from './layOutArtifact.js';
import { parseIntegerJson } from './parseIntegerJson.js';
import { graphReader } from './readers/graph.js';
import { op } from './readers/ops.js';

const readGraph = graphReader(op);

/**
 * Writes a graph as one file: valid safetensors, described in docs/artifact.md.
 *
 * Equal graphs give equal bytes.
 * @throws BnfreeError with every issue of checkGraph, or GRAPH_NOT_INTEGER, UNKNOWN_FIELD where a field cannot be stored
 */
export function encodeArtifact(graph: IntegerGraph): Uint8Array {
  const { layout, digest, payload } = digestGraph(graph);
  const header = headerBytes(layout, digest);
  const file = new Uint8Array(header.length + payload.length);
  file.set(header);
  file.set(payload, header.length);
  return file;
}

/** Digest that stands in the artifact of a graph: SHA-256 over its JSON, tensor table and tensors. */
export function graphDigest(graph: IntegerGraph): string {
  return digestGraph(graph).digest;
}

function digestGraph(graph: IntegerGraph): {
  layout: ArtifactLayout;
  digest: string;
  payload: Uint8Array;
} {
  assertGraph(graph);
  const layout = layOutArtifact(graph);
  assertReadable(layout);
  const payload = new Uint8Array(layout.payloadLength);
  writePayload(layout, payload);
  return { layout, payload, digest: artifactDigest(layout.graphText, layout.entries, payload) };
}

/** A file that decodeArtifact would refuse must not be written. */
function assertReadable(layout: ArtifactLayout): void {
  const issues: Issue[] = [];
  const values = new Map(layout.tensors.map((tensor) => [tensor.name, tensor.values]));
  readGraph(parseIntegerJson(layout.graphText, 'graph'), 'graph', {
    issues,
    tensor: (name) => values.get(name),
  });
  throwIfIssues(issues);
}
