import type { IntegerGraph, SelfTestVector } from '../graph/integerGraph.js';
import { sha256Hex } from '../graph/sha256Hex.js';

/** Whether this engine computes the bits that the model's author got. */
export interface SelfTestReport {
  readonly passed: boolean;
  /** The first wrong byte of each output that differs. */
  readonly mismatches: readonly {
    readonly output: string;
    readonly byteIndex: number;
    readonly got: number;
    readonly expected: number;
  }[];
  /** SHA-256 over the bytes of all outputs, in order. */
  readonly outputSha256: string;
}

/** Compares output bytes with those of the vector. */
export function compareSelfTest(
  graph: IntegerGraph,
  vector: SelfTestVector,
  results: readonly Uint8Array[],
): SelfTestReport {
  const mismatches = graph.outputs.flatMap(({ name }, position) => {
    const expected = vector.outputs[position] ?? new Uint8Array(0);
    const got = results[position] ?? new Uint8Array(0);
    const byteIndex = expected.findIndex((byte, index) => byte !== got[index]);
    if (byteIndex < 0) return [];
    return [{ output: name, byteIndex, got: got[byteIndex] ?? 0, expected: expected[byteIndex] ?? 0 }];
  });
  const all = new Uint8Array(results.reduce((length, result) => length + result.length, 0));
  let at = 0;
  for (const result of results) {
    all.set(result, at);
    at += result.length;
  }
  return { passed: mismatches.length === 0, mismatches, outputSha256: sha256Hex(all) };
}
