import { checkOp, definitionOf, issuesAt, throwIfIssues } from '@bnfree/integer-kernels';
import type { IntegerGraph } from './integerGraph.js';
import { checkOperands } from './rules/checkOperands.js';
import { nodePath } from './rules/rule.js';

/**
 * The same graph for several images at once; what is stored is always for one.
 * @throws BnfreeError GRAPH_BATCH where an op has no batch axis, such as the product of two run-time matrices
 */
export function batchGraph(graph: IntegerGraph, batchSize: number): IntegerGraph {
  if (batchSize === 1) return graph;
  const batched: IntegerGraph = {
    ...graph,
    inputs: graph.inputs.map((input) => ({
      ...input,
      tensor: { ...input.tensor, shape: [batchSize, ...input.tensor.shape.slice(1)] },
    })),
    nodes: graph.nodes.map((node) => ({
      ...node,
      op: definitionOf(node.op).withBatch(node.op, batchSize),
    })),
  };
  const opIssues = batched.nodes.flatMap((node, index) =>
    issuesAt(`${nodePath(node, index)}.op`, checkOp(node.op)),
  );
  throwIfIssues(
    [...opIssues, ...checkOperands(batched)].map((issue) => ({
      ...issue,
      code: 'GRAPH_BATCH',
      message: `with batchSize ${batchSize}: ${issue.message}`,
      fix: 'leave batchSize out, or set it to 1',
    })),
  );
  return batched;
}
