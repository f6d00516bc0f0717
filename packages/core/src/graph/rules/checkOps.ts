import { checkOp, issuesAt, type Issue } from '@bnfree/integer-kernels';
import { nodePath, type Rule } from './rule.js';

/** Every op is known, stands in a stored graph, and finds no issue with itself. Other rules rely on it. */
export const checkOps: Rule = (graph) =>
  graph.nodes.flatMap((node, index): Issue[] => {
    const path = nodePath(node, index);
    const name: unknown = (node.op as { op?: unknown } | null | undefined)?.op;
    if (name === 'relayout') {
      const message = 'relayout belongs to the memory plan, expected an op that computes';
      const fix = 'leave the node out: loading inserts it where a backend needs it';
      return [{ code: 'GRAPH_RELAYOUT', path: `${path}.op`, message, fix }];
    }
    return issuesAt(`${path}.op`, checkOp(node.op));
  });
