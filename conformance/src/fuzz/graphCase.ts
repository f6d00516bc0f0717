import type { IntegerGraph } from '@bnfree/core';
import { seededDraw } from '../../../packages/integer-kernels/src/conformance/seededDraw.js';
import { randomGraph } from '../../../packages/core/test/randomGraph.js';
import { randomInputs } from '../../../packages/core/test/randomInputs.js';

/** A graph, images for it, and how many of them go through the layers together. */
export interface GraphCase {
  readonly graph: IntegerGraph;
  /** Dense stored values of all images, one array for each graph input. */
  readonly inputs: readonly Uint8Array[];
  readonly images: number;
  readonly batchSize: number;
}

/** The case of a seed; `nodes` bounds the size of its graph, default 1 .. 14 by the seed. */
export function drawGraphCase(seed: number, nodes?: number): GraphCase {
  const draw = seededDraw(seed, 'lively');
  const nodeCount = nodes ?? draw.int(1, 14);
  const drawn = randomGraph(seed, nodeCount, draw.chance(4) ? 'large' : 'small');
  // Where every value is an output, nothing that differs is hidden; where few are, memory is used again.
  const graph = draw.chance(3) ? withAllOutputs(drawn) : drawn;
  const batchSize = draw.pick(1, 1, 2, 3);
  const images = batchSize + (draw.chance(3) ? 1 : 0);
  const tensors = graph.inputs.map(({ tensor }) => tensor);
  return { graph, inputs: randomInputs(tensors, seed, images).map(bytesOf), images, batchSize };
}

/** The same graph with every value as an output. */
export function withAllOutputs(graph: IntegerGraph): IntegerGraph {
  const names = [...graph.inputs, ...graph.nodes].map(({ name }) => name);
  return { ...graph, outputs: names.map((name) => outputOf(name)) };
}

/** A value of a graph as an output of its name. */
export function outputOf(name: string): IntegerGraph['outputs'][number] {
  return { name, value: name, scale: { multiplier: 1, shift: 0 } };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
