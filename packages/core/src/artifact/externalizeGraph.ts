import type { Issue, Weights } from '@bnfree/integer-kernels';
import type { GraphNode, IntegerGraph } from '../graph/integerGraph.js';
import type { PlainJson } from './canonicalJson.js';
import type { Dtype } from './tensorTable.js';

/** A typed array that leaves the JSON and becomes a tensor of the file. */
export interface ExternalTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly values: Int32Array | Uint8Array;
}

/** The graph as JSON with `{"tensor": name}` in place of typed arrays, those arrays, and what could not be written. */
export interface ExternalizedGraph {
  readonly json: PlainJson;
  readonly tensors: readonly ExternalTensor[];
  readonly issues: readonly Issue[];
}

interface Collector {
  readonly tensors: ExternalTensor[];
  readonly issues: Issue[];
}

/** Moves every typed array of a graph, wherever it stands, into a list of tensors named `node.field.field`. */
export function externalizeGraph(graph: IntegerGraph): ExternalizedGraph {
  const collector: Collector = { tensors: [], issues: [] };
  const { nodes, ...rest } = graph;
  const json = externalizeFields(rest, '', collector);
  // Callers without TypeScript may pass anything; a missing list is for the reader of the JSON to find.
  if (Array.isArray(nodes)) json.nodes = nodes.map((node: GraphNode) => externalizeNode(node, collector));
  return { json, tensors: collector.tensors, issues: collector.issues };
}

/** Tensors of a node are named after it: `conv1.weights.data`. */
function externalizeNode({ op, ...rest }: GraphNode, collector: Collector): PlainJson {
  return {
    ...externalizeFields(rest, rest.name, collector),
    op: externalize(op, rest.name, op, collector),
  };
}

function externalize(value: unknown, path: string, owner: object, collector: Collector): PlainJson {
  if (value instanceof Int32Array || value instanceof Uint8Array) {
    collector.tensors.push({ name: path, ...tensorForm(value, owner), values: value });
    return { tensor: path };
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
  if (Array.isArray(value)) {
    return value.map((entry, index) => externalize(entry, `${path}.${index}`, value, collector));
  }
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    return externalizeFields(value, path, collector);
  }
  collector.issues.push({
    code: 'GRAPH_NOT_INTEGER',
    path,
    message: `got ${describeValue(value)}, expected a whole number, a string, a boolean, an Int32Array or a Uint8Array`,
    fix: 'store scales as {multiplier, shift} and tensors as Int32Array or Uint8Array',
  });
  return 0;
}

function externalizeFields(value: object, path: string, collector: Collector): Record<string, PlainJson> {
  const fields: [string, PlainJson][] = [];
  for (const [key, field] of Object.entries(value) as [string, unknown][]) {
    if (field === undefined) continue;
    fields.push([key, externalize(field, path === '' ? key : `${path}.${key}`, value, collector)]);
  }
  return Object.fromEntries(fields);
}

/** Weights of 8 bits keep their shape; packed ones are rows of bytes; every other array is flat. */
function tensorForm(
  values: Int32Array | Uint8Array,
  owner: object,
): { dtype: Dtype; shape: readonly number[] } {
  if (values instanceof Int32Array) return { dtype: 'I32', shape: [values.length] };
  if (!isWeights(owner, values)) return { dtype: 'U8', shape: [values.length] };
  const dtype = owner.bits === 8 && owner.code === 'twosComplement' ? 'I8' : 'U8';
  if (owner.bits === 8) return { dtype, shape: owner.shape };
  const rows = owner.shape[0] ?? 1;
  return { dtype, shape: [rows, rows === 0 ? 0 : values.length / rows] };
}

function isWeights(owner: object, values: Uint8Array): owner is Weights {
  return 'data' in owner && owner.data === values && 'shape' in owner && 'bits' in owner;
}

function describeValue(value: unknown): string {
  if (typeof value === 'number' || value === null || typeof value === 'bigint') return String(value);
  return ArrayBuffer.isView(value) ? value.constructor.name : typeof value;
}
