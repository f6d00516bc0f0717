import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf, openArtifact } from '../../test/artifactFile.js';
import { numberSource } from '../../test/graphBuilder.js';
import { randomGraph } from '../../test/randomGraph.js';
import { convNet } from '../../test/sampleGraphs.js';
import { decodeArtifact, encodeArtifact, graphDigest, withSelfTest, type IntegerGraph } from '../index.js';

/** The same graph with the keys of every object in another order. */
function shuffleKeys<Value>(value: Value, random: (min: number, max: number) => number): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((entry: unknown) => shuffleKeys(entry, random)) as Value;
  const entries = Object.entries(value).map(
    ([key, field]) => [key, shuffleKeys(field as unknown, random), random(0, 1000)] as const,
  );
  return Object.fromEntries(entries.sort((a, b) => a[2] - b[2])) as Value;
}

describe('encodeArtifact', () => {
  test('what is decoded is what was encoded, and encodes to the same bytes', async () => {
    const graph = await withSelfTest(convNet());
    const bytes = encodeArtifact(graph);
    const decoded = decodeArtifact(bytes);
    expect(decoded).toEqual(graph);
    expect(encodeArtifact(decoded)).toEqual(bytes);
  });

  test('every op survives: random graphs come back whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const graph = randomGraph(seed);
        expect(decodeArtifact(encodeArtifact(graph))).toEqual(graph);
      }),
      { numRuns: 40 },
    );
  });

  test('equal graphs give equal bytes, whatever the order of their keys', () => {
    const bytes = encodeArtifact(convNet());
    const random = numberSource(5);
    for (let times = 0; times < 5; times++) {
      expect(encodeArtifact(shuffleKeys(convNet(), random))).toEqual(bytes);
    }
    expect(encodeArtifact(convNet(2))).not.toEqual(bytes);
  });

  test('is valid safetensors: aligned header, sorted tensors without holes, integers alone', () => {
    const bytes = encodeArtifact(convNet());
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    const { metadata, tensors, payload } = openArtifact(bytes);
    expect(Object.values(metadata).every((value) => typeof value === 'string')).toBe(true);
    const table = Object.entries(tensors).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
    let end = 0;
    for (const [, { dtype, shape, data_offsets: offsets }] of table) {
      expect(offsets[0]).toBe(end);
      end = offsets[1];
      const elements = shape.reduce((count, length) => count * length, 1);
      expect(end - offsets[0]).toBe(elements * (dtype === 'I32' ? 4 : 1));
    }
    expect(end).toBe(payload.length);
    expect(table.map(([name, { dtype }]) => `${dtype} ${name}`)).toEqual([
      'I32 conv1.bias',
      'I32 conv1.requantization.shifts',
      'I32 conv2.requantization.thresholds',
      'I32 dense1.bias',
      'I32 dense1.requantization.multipliers',
      'I32 dense1.requantization.shifts',
      'I8 conv1.weights.data',
      'U8 conv2.weights.data',
      'U8 dense1.weights.data',
      'U8 dense2.weights.data',
    ]);
  });

  test('8-bit weights keep their shape, packed ones are rows of bytes', () => {
    const { tensors } = openArtifact(encodeArtifact(convNet()));
    expect(tensors['conv1.weights.data'].shape).toEqual([5, 3, 3, 3]);
    expect(tensors['conv2.weights.data'].shape).toEqual([8, 23]);
    expect(tensors['dense1.weights.data'].shape).toEqual([12, 32]);
  });

  test('carries format, version and a digest over graph, table and payload', () => {
    const file = openArtifact(encodeArtifact(convNet()));
    expect(file.metadata).toMatchObject({ format: 'bnfree.integer-graph', version: '1' });
    expect(file.metadata.sha256).toBe(digestOf(file));
    expect(graphDigest(convNet())).toBe(digestOf(file));
  });

  test('stores the graph as canonical JSON: sorted keys, no spaces', () => {
    const { graph } = openArtifact(encodeArtifact(convNet())).metadata;
    const sorted = JSON.stringify(JSON.parse(graph), (_key, field: unknown) =>
      typeof field === 'object' && field !== null && !Array.isArray(field)
        ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
        : field,
    );
    expect(graph).toBe(sorted);
  });

  test('refuses an invalid graph with all its issues', () => {
    const graph: IntegerGraph = { ...convNet(), classes: ['one'], outputs: [] };
    expect(() => encodeArtifact(graph)).toThrow(expect.objectContaining({ code: 'GRAPH_EMPTY' }));
  });

  test('refuses a fraction anywhere', () => {
    const graph = convNet();
    const scale = { multiplier: 0.5, shift: 3 };
    const broken = { ...graph, inputs: [{ ...graph.inputs[0], scale }] };
    expect(() => encodeArtifact(broken)).toThrow(
      expect.objectContaining({
        issues: [expect.objectContaining({ code: 'GRAPH_NOT_INTEGER', path: 'inputs.0.scale.multiplier' })],
      }),
    );
  });
});
