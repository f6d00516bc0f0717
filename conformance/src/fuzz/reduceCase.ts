import type { GraphInput, GraphNode, IntegerGraph } from '@bnfree/core';
import { withAllOutputs, outputOf, type GraphCase } from './graphCase.js';
import { runReference } from './runCase.js';

/** Whether a case still fails. */
export type Fails = (graphCase: GraphCase) => Promise<boolean>;

/**
 * A smaller case that fails as well: one output, one image, few nodes.
 *
 * What a node computes is replaced by a graph input that holds what the reference gives there, as long as the case goes on
 * failing. Deterministic.
 */
export async function reduceCase(graphCase: GraphCase, fails: Fails): Promise<GraphCase> {
  let smallest = graphCase;
  const accept = async (smaller: GraphCase): Promise<boolean> => {
    if (!(await fails(smaller))) return false;
    smallest = smaller;
    return true;
  };
  for (const { name } of graphCase.graph.nodes) {
    if (await accept(keepOutputs(smallest, [outputOf(name)]))) break;
  }
  // What is wrong only while other values live needs several outputs; most are not among them.
  for (const output of smallest.graph.outputs) {
    const others = smallest.graph.outputs.filter((other) => other !== output);
    if (others.length > 0) await accept(keepOutputs(smallest, others));
  }
  // Late nodes first: with them goes all that only they needed. Again, because one cut may make another possible.
  for (let before = Infinity; smallest.graph.nodes.length < before;) {
    before = smallest.graph.nodes.length;
    for (const { name } of [...smallest.graph.nodes].reverse()) {
      const isInner = smallest.graph.nodes.some((node) => node.name === name);
      const isOutput = smallest.graph.outputs.some(({ value }) => value === name);
      if (isInner && !isOutput) await accept(await cutAt(smallest, name));
    }
  }
  for (const [images, batchSize] of [
    [1, 1],
    [smallest.batchSize, smallest.batchSize],
  ]) {
    if (images < smallest.images && (await accept(keepImages(smallest, images, batchSize)))) break;
  }
  return smallest;
}

/** The case with some outputs, and only what they need. */
function keepOutputs(graphCase: GraphCase, outputs: IntegerGraph['outputs']): GraphCase {
  return withoutUnused(graphCase, { ...graphCase.graph, outputs }, new Map());
}

/** The case in which a value is given instead of computed. */
async function cutAt(graphCase: GraphCase, name: string): Promise<GraphCase> {
  const { graph } = graphCase;
  const everything = withAllOutputs(graph);
  const values = await runReference({ ...graphCase, graph: everything });
  const given = everything.outputs.findIndex((output) => output.name === name);
  const node = graph.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) return graphCase;
  const input: GraphInput = { name, tensor: node.op.output, scale: { multiplier: 1, shift: 0 } };
  const cut = {
    ...graph,
    inputs: [...graph.inputs, input],
    nodes: graph.nodes.filter((candidate) => candidate !== node),
  };
  return withoutUnused(graphCase, cut, new Map([[name, values[given]]]));
}

/** The first images of a case. */
function keepImages(graphCase: GraphCase, images: number, batchSize: number): GraphCase {
  const inputs = graphCase.inputs.map((bytes) => bytes.slice(0, (bytes.length / graphCase.images) * images));
  return { ...graphCase, inputs, images, batchSize };
}

/** Drops nodes and inputs that no output needs. */
function withoutUnused(
  graphCase: GraphCase,
  graph: IntegerGraph,
  added: ReadonlyMap<string, Uint8Array>,
): GraphCase {
  const needed = new Set(graph.outputs.map(({ value }) => value));
  const nodes: GraphNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!needed.has(node.name)) continue;
    nodes.unshift(node);
    for (const name of node.inputs) needed.add(name);
  }
  const known = new Map(graphCase.graph.inputs.map(({ name }, index) => [name, graphCase.inputs[index]]));
  const inputs = graph.inputs.filter(({ name }) => needed.has(name));
  return {
    ...graphCase,
    graph: { ...graph, nodes, inputs },
    inputs: inputs.map(({ name }) => added.get(name) ?? known.get(name) ?? new Uint8Array(0)),
  };
}
