import { describe, expect, test } from '@jest/globals';
import { convNet } from '../../test/sampleGraphs.js';
import { randomGraph } from '../../test/randomGraph.js';
import { checkGraph } from './checkGraph.js';
import type { GraphNode, IntegerGraph } from './integerGraph.js';

/** convNet with some fields replaced by values of any kind. */
function changed(part: object): IntegerGraph {
  return { ...convNet(), ...part };
}

/** convNet with fields of one node replaced. */
function withNode(name: string, part: object): IntegerGraph {
  const graph = convNet();
  return { ...graph, nodes: graph.nodes.map((node) => (node.name === name ? { ...node, ...part } : node)) };
}

function nodeOf(name: string): GraphNode {
  const node = convNet().nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

function codes(graph: IntegerGraph): string[] {
  return checkGraph(graph).map(({ code, path }) => `${code} ${path}`);
}

const scale = { multiplier: 1, shift: 0 };

describe('checkGraph', () => {
  test('finds nothing in valid graphs', () => {
    expect(checkGraph(convNet())).toEqual([]);
    for (let seed = 1; seed <= 30; seed++) expect(checkGraph(randomGraph(seed))).toEqual([]);
  });

  test('names are unique among inputs and nodes, and among outputs', () => {
    expect(codes(withNode('pool1', { name: 'conv1' }))).toContain(
      'GRAPH_DUPLICATE_NAME nodes[1] "conv1".name',
    );
    expect(codes(withNode('conv1', { name: 'image' }))).toContain(
      'GRAPH_DUPLICATE_NAME nodes[0] "image".name',
    );
    const [output] = convNet().outputs;
    expect(codes(changed({ outputs: [output, output] }))).toEqual(['GRAPH_DUPLICATE_NAME outputs[1].name']);
  });

  test.each(['', '__proto__', 'a\nb', 'x'.repeat(257)])('%j is no name', (name) => {
    expect(codes(withNode('dense2', { name }))).toEqual([`GRAPH_NAME nodes[5] ${JSON.stringify(name)}.name`]);
  });

  test('operands exist and come first', () => {
    expect(codes(withNode('pool1', { inputs: ['conv7'] }))).toContain(
      'GRAPH_OPERAND_MISSING nodes[1] "pool1".inputs[0]',
    );
    const graph = convNet();
    const [first, second, ...rest] = graph.nodes;
    expect(codes({ ...graph, nodes: [second, first, ...rest] })).toContain(
      'GRAPH_ORDER nodes[0] "pool1".inputs[0]',
    );
    expect(codes(withNode('pool1', { inputs: ['pool1'] }))).toContain(
      'GRAPH_ORDER nodes[1] "pool1".inputs[0]',
    );
  });

  test('there is one operand name for each operand', () => {
    expect(codes(withNode('dense2', { inputs: ['dense1', 'dense1'] }))).toEqual([
      'GRAPH_OPERAND_COUNT nodes[5] "dense2".inputs',
    ]);
  });

  test('an op expects exactly what its producer delivers, in every field', () => {
    const { op } = nodeOf('dense2');
    for (const part of [
      { shape: [1, 13] },
      { zeroPoint: 1 },
      { quantMin: -1 },
      { quantMax: 126 },
      { type: 'uint8' },
    ]) {
      const input = { ...op.inputs[0], ...part };
      const issues = codes(withNode('dense2', { op: { ...op, inputs: [input] } }));
      expect(issues.some((issue) => issue.includes('dense2'))).toBe(true);
    }
    const issues = codes(withNode('dense2', { op: { ...op, inputs: [{ ...op.inputs[0], zeroPoint: 1 }] } }));
    expect(issues).toEqual(['GRAPH_OPERAND_SPEC nodes[5] "dense2".inputs[0]']);
  });

  test('outputs name values, and every value is used', () => {
    const outputs = [{ name: 'logits', value: 'dense1', scale }];
    expect(codes(changed({ outputs, classes: [] }))).toEqual(['GRAPH_UNUSED nodes[5] "dense2"']);
    expect(codes(changed({ outputs: [{ name: 'logits', value: 'x', scale }] }))).toEqual([
      'GRAPH_OUTPUT_MISSING outputs[0].value',
      'GRAPH_UNUSED nodes[5] "dense2"',
    ]);
    expect(codes(changed({ outputs: [] }))).toContain('GRAPH_EMPTY outputs');
    const spare = { ...convNet().inputs[0], name: 'spare' };
    expect(codes(changed({ inputs: [...convNet().inputs, spare] }))).toEqual(['GRAPH_UNUSED inputs[1]']);
  });

  test('every op answers for itself', () => {
    const { op } = nodeOf('conv1');
    expect(codes(withNode('conv1', { op: { ...op, groups: 2 } }))[0]).toMatch(/nodes\[0\] "conv1"\.op\./);
    expect(codes(withNode('conv1', { op: { ...op, stride: [1, 1] } }))).toEqual([
      'UNKNOWN_FIELD nodes[0] "conv1".op.stride',
    ]);
    expect(codes(withNode('conv1', { op: { op: 'softmax' } }))).toEqual([
      'UNKNOWN_OP nodes[0] "conv1".op.op',
    ]);
    expect(codes(withNode('conv1', { op: null }))).toHaveLength(1);
  });

  test('relayout is no op of a stored graph', () => {
    const { op } = nodeOf('flatten');
    const relayout = { op: 'relayout', inputs: op.inputs, output: op.inputs[0] };
    expect(codes(withNode('flatten', { op: relayout }))).toEqual(['GRAPH_RELAYOUT nodes[3] "flatten".op']);
  });

  test('the batch is 1', () => {
    const graph = convNet();
    const tensor = { ...graph.inputs[0].tensor, shape: [2, 8, 8, 3] };
    const issues = codes({ ...graph, inputs: [{ ...graph.inputs[0], tensor }] });
    expect(issues).toContain('GRAPH_BATCH inputs[0].tensor.shape');
  });

  test('class names are as many as the first output has channels, or none', () => {
    expect(codes(changed({ classes: ['a'] }))).toEqual(['GRAPH_CLASSES classes']);
    expect(codes(changed({ classes: [] }))).toEqual([]);
  });

  test('self-test vectors have one tensor of the right size for every input and output', () => {
    const inputs = [new Uint8Array(192)];
    const outputs = [new Uint8Array(16)];
    expect(codes(changed({ selfTest: { inputs, outputs } }))).toEqual([]);
    expect(codes(changed({ selfTest: { inputs: [new Uint8Array(191)], outputs: [] } }))).toEqual([
      'GRAPH_SELF_TEST selfTest.inputs[0]',
      'GRAPH_SELF_TEST selfTest.outputs',
    ]);
  });

  test('input tensors have a shape and a range that their type can hold', () => {
    const [input] = convNet().inputs;
    for (const part of [
      { quantMax: 256 },
      { quantMin: 9, quantMax: 8 },
      { zeroPoint: -1 },
      { shape: [] },
      { shape: [1, 0] },
      { shape: [1, 65536, 65536] },
    ]) {
      const issues = codes(changed({ inputs: [{ ...input, tensor: { ...input.tensor, ...part } }] }));
      expect(issues[0]).toMatch(/^INVALID_VALUE inputs\[0\]\.tensor/);
    }
  });

  test.each([
    [{ multiplier: 0, shift: 0 }, 'INVALID_VALUE graph.inputs[0].scale.multiplier'],
    [{ multiplier: 2147483648, shift: 0 }, 'INVALID_VALUE graph.inputs[0].scale.multiplier'],
    [{ multiplier: 1, shift: 63 }, 'INVALID_VALUE graph.inputs[0].scale.shift'],
    [{ multiplier: 1 }, 'MISSING_FIELD graph.inputs[0].scale.shift'],
    [{ multiplier: 0.1, shift: 1 }, 'GRAPH_NOT_INTEGER inputs.0.scale.multiplier'],
  ])('the scale %j is out of range', (bad, issue) => {
    expect(codes(changed({ inputs: [{ ...convNet().inputs[0], scale: bad }] }))).toEqual([issue]);
  });

  test('metadata is text, and no key reaches for a prototype', () => {
    expect(codes(changed({ metadata: { top1: 93 } }))).toEqual(['INVALID_VALUE graph.metadata.top1']);
    const metadata = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
    expect(codes(changed({ metadata }))).toEqual(['ARTIFACT_UNSAFE_KEY graph']);
  });

  test('fields that are missing, unknown or of another type are found all at once', () => {
    expect(codes(changed({ name: 7, nodes: undefined, extra: true }))).toEqual([
      'UNKNOWN_FIELD graph.extra',
      'INVALID_VALUE graph.name',
      'MISSING_FIELD graph.nodes',
    ]);
  });
});
