import { BnfreeError, type Issue, type Op } from '@bnfree/integer-kernels';
import { canonicalJson } from '../../artifact/canonicalJson.js';
import { externalizeGraph } from '../../artifact/externalizeGraph.js';
import { parseIntegerJson } from '../../artifact/parseIntegerJson.js';
import { graphReader } from '../../artifact/readers/graph.js';
import type { ReadContext, Reader } from '../../artifact/readers/reader.js';
import type { IntegerGraph } from '../integerGraph.js';
import type { Rule } from './rule.js';

// Ops check their own fields, with better messages; here they only have to stand in their place.
const anyOp: Reader<Op> = () => ({}) as Op;
const readGraph = graphReader(anyOp);

/** Every field of the graph itself has its type and range; there are no others. Other rules rely on it. */
export const checkFieldTypes: Rule = (graph) => {
  // Callers without TypeScript may pass anything.
  const given: unknown = graph.nodes;
  const nodes = Array.isArray(given) ? given.map((node: object) => ({ ...node, op: true })) : given;
  const { json, tensors, issues } = externalizeGraph({ ...graph, nodes } as IntegerGraph);
  if (issues.length > 0) return [...issues];
  const found: Issue[] = [];
  const byName = new Map(tensors.map(({ name, values }) => [name, values]));
  const context: ReadContext = {
    issues: found,
    tensor: (name, element) => {
      const values = byName.get(name);
      return values instanceof Int32Array === (element === 'int32') ? values : undefined;
    },
  };
  try {
    readGraph(parseIntegerJson(canonicalJson(json), 'graph'), 'graph', context);
  } catch (error) {
    if (!(error instanceof BnfreeError)) throw error;
    found.push(...error.issues);
  }
  return found;
};
