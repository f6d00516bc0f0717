import type { Issue } from '@bnfree/integer-kernels';
import type { GraphNode, IntegerGraph } from '../integerGraph.js';

/** One thing that must hold for every graph; returns what does not. */
export type Rule = (graph: IntegerGraph) => Issue[];

/** Path of a node: `nodes[3] "conv2"`. */
export function nodePath(node: GraphNode, index: number): string {
  return `nodes[${index}] ${JSON.stringify(node.name)}`;
}
