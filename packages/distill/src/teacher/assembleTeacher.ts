import { evaluateSteps } from './evaluateSteps.js';
import { fuseGates } from './fuseGates.js';
import type { OpenedCall } from './openedCall.js';
import type { Teacher } from './teacher.js';
import { teacherDigest } from './teacherDigest.js';

/** A teacher of what its layers or ops became, in an order in which they can run. */
export function assembleTeacher(
  name: string,
  calls: readonly OpenedCall[],
  inputs: readonly string[],
  outputs: readonly string[],
): Teacher {
  const opened = fuseGates(calls, outputs);
  const nodes = opened.flatMap((call) => call.nodes);
  const parameters = new Map(nodes.map(({ node, parameters: own }) => [node.name, own]));
  const graph = {
    steps: opened.flatMap((call) => call.steps),
    shapes: new Map(nodes.map(({ node }) => [node.name, node.shape])),
  };
  return {
    name,
    nodes: nodes.map(({ node }) => node),
    inputs,
    outputs,
    parameters: (node) => parameters.get(node) ?? {},
    digest: teacherDigest(nodes, outputs),
    evaluate: (feeds, fetches) => evaluateSteps(graph, feeds, fetches),
  };
}
