import type { ActivationSpec, Issue } from '@bnfree/integer-kernels';
import { nodePath, type Rule } from './rule.js';

/** Operands are graph inputs or earlier nodes, and each op expects exactly what its producers deliver. */
export const checkOperands: Rule = (graph) => {
  const laterNames = new Set(graph.nodes.map(({ name }) => name));
  const known = new Map(graph.inputs.map(({ name, tensor }) => [name, tensor]));
  return graph.nodes.flatMap((node, index) => {
    const path = nodePath(node, index);
    const issues: Issue[] = [];
    if (node.inputs.length !== node.op.inputs.length) {
      const message = `got ${node.inputs.length} operand names, the op takes ${node.op.inputs.length}`;
      issues.push({
        code: 'GRAPH_OPERAND_COUNT',
        path: `${path}.inputs`,
        message,
        fix: 'name one producer for each entry of op.inputs',
      });
    }
    node.inputs.forEach((name, position) => {
      const expected = node.op.inputs.at(position);
      const producer = known.get(name);
      const where = `${path}.inputs[${position}]`;
      if (producer === undefined) issues.push(missingIssue(where, name, laterNames.has(name)));
      else if (expected !== undefined) issues.push(...specIssues(where, name, producer, expected));
    });
    known.set(node.name, node.op.output);
    return issues;
  });
};

function missingIssue(path: string, name: string, isLater: boolean): Issue {
  const quoted = JSON.stringify(name);
  return isLater
    ? {
        code: 'GRAPH_ORDER',
        path,
        message: `the operand ${quoted} is made by this node or a later one`,
        fix: `move the node ${quoted} before this one`,
      }
    : {
        code: 'GRAPH_OPERAND_MISSING',
        path,
        message: `no graph input and no node is called ${quoted}`,
        fix: 'name a graph input or an earlier node',
      };
}

function specIssues(path: string, name: string, got: ActivationSpec, expected: ActivationSpec): Issue[] {
  const fields = ['type', 'zeroPoint', 'quantMin', 'quantMax'] as const;
  const different: string[] = fields
    .filter((field) => got[field] !== expected[field])
    .map((field) => `${field} ${got[field]} instead of ${expected[field]}`);
  if (got.shape.join() !== expected.shape.join()) {
    different.unshift(`shape [${got.shape.join(', ')}] instead of [${expected.shape.join(', ')}]`);
  }
  if (different.length === 0) return [];
  return [
    {
      code: 'GRAPH_OPERAND_SPEC',
      path,
      message: `${JSON.stringify(name)} delivers ${different.join(', ')}`,
      fix: 'set op.inputs to the output of the producer',
    },
  ];
}
