import type { Issue } from '@bnfree/integer-kernels';
import { nodePath, type Rule } from './rule.js';

/** There are inputs and outputs, outputs name values, and every value is used or is an output. */
export const checkOutputs: Rule = (graph) => {
  const issues: Issue[] = [];
  for (const side of ['inputs', 'outputs'] as const) {
    if (graph[side].length > 0) continue;
    const message = `got no ${side}, expected at least one`;
    issues.push({ code: 'GRAPH_EMPTY', path: side, message, fix: `add an entry to ${side}` });
  }
  const values = new Map([
    ...graph.inputs.map(({ name }, index) => [name, `inputs[${index}]`] as const),
    ...graph.nodes.map((node, index) => [node.name, nodePath(node, index)] as const),
  ]);
  graph.outputs.forEach(({ value }, index) => {
    if (values.has(value)) return;
    issues.push({
      code: 'GRAPH_OUTPUT_MISSING',
      path: `outputs[${index}].value`,
      message: `no graph input and no node is called ${JSON.stringify(value)}`,
      fix: 'name a node',
    });
  });
  const used = new Set([
    ...graph.nodes.flatMap(({ inputs }) => inputs),
    ...graph.outputs.map(({ value }) => value),
  ]);
  for (const [name, path] of values) {
    if (used.has(name)) continue;
    issues.push({
      code: 'GRAPH_UNUSED',
      path,
      message: 'no node and no output uses this value',
      fix: `remove it, or add {name: ${JSON.stringify(name)}, value: ${JSON.stringify(name)}, ...} to outputs`,
    });
  }
  return issues;
};
