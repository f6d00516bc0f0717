import { sha256Hex } from '@bnfree/core';
import type { HostWeight } from './layerParameters.js';
import type { TeacherNode } from './teacher.js';

/** What identifies one node: its place in the graph and its weights, those of unsupported layers included. */
export interface DigestNode {
  readonly node: TeacherNode;
  readonly weights: readonly HostWeight[];
  /** Settings that the operation does not show (of an unsupported layer). */
  readonly config: unknown;
}

/** SHA-256 over canonical topology and weights. Model name and layer positions do not matter. */
export function teacherDigest(nodes: readonly DigestNode[], outputs: readonly string[]): string {
  const described = nodes.map(({ node, weights, config }) => ({
    name: node.name,
    operation: node.operation,
    inputs: node.inputs,
    shape: node.shape,
    config,
    weights: weights.map(({ shape, values }) => ({
      shape,
      sha256: sha256Hex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    })),
  }));
  return sha256Hex(new TextEncoder().encode(canonicalJson({ nodes: described, outputs })));
}

/** JSON with sorted keys; what JSON cannot hold is left out. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
