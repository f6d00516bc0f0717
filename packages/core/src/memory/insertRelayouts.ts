import type {
  ActivationSpec,
  KernelBackend,
  LayoutRequest,
  Op,
  OperandLayouts,
  Ops,
  TensorLayout,
} from '@bnfree/integer-kernels';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { groupRequests, mergeRequests } from './mergeRequests.js';

/** A tensor in memory. Graph inputs and nodes have one each, relayouts add more. */
export interface LaidOutValue {
  readonly name: string;
  readonly tensor: ActivationSpec;
  readonly layout: TensorLayout;
  /** What must stand in the halo; null where nobody reads it. */
  readonly haloValue: number | null;
}

/** An op and the positions of its operands in the list of values. */
export interface LaidOutStep {
  readonly name: string;
  readonly op: Op;
  readonly layouts: OperandLayouts;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** A graph whose values have layouts that suit a backend. */
export interface LaidOutGraph {
  readonly values: readonly LaidOutValue[];
  readonly steps: readonly LaidOutStep[];
  /** Graph inputs and nodes by name. */
  readonly valueIndex: ReadonlyMap<string, number>;
}

/** What says which layouts ops would like. */
export type LayoutSource = Pick<KernelBackend, 'layout'>;

interface Consumer {
  /** Position in `graph.nodes`, and of the operand in it. */
  readonly node: number;
  readonly operand: number;
}

/**
 * Chooses one layout a value, and inserts a relayout where its consumers cannot share one.
 *
 * A consumer gets at least what it asked for: a halo as wide, with its value where it reads it, and a channel stride of its
 * multiple. The copy for the others is made directly before the first of them.
 */
export function insertRelayouts(graph: IntegerGraph, backend: LayoutSource): LaidOutGraph {
  const layouts = graph.nodes.map(({ op }) => backend.layout(op));
  const consumers = findConsumers(graph);
  const values: LaidOutValue[] = [];
  const valueIndex = new Map<string, number>();
  const substitutes = new Map<string, number>();
  const pending = new Map<number, { readonly source: number; readonly target: number }[]>();

  const addValue = (name: string, tensor: ActivationSpec, made: readonly LayoutRequest[]) => {
    const requests = (consumers.get(name) ?? []).map((member) => ({
      member,
      request: requestOf(layouts, member),
    }));
    const source = values.length;
    valueIndex.set(name, source);
    const groups = groupRequests(requests);
    // The copy itself is a consumer of the value too.
    const copy = groups.length > 1 ? backend.layout(relayoutOf(tensor)) : undefined;
    groups.forEach((group, position) => {
      const own = position === 0 ? [...made, ...(copy?.inputs ?? [])] : copy ? [copy.output] : [];
      const layout = mergeRequests(tensor, [...own, ...group.requests.map(({ request }) => request)]);
      const target = values.push({ name, tensor, layout, haloValue: group.haloValue }) - 1;
      for (const { member } of group.requests) substitutes.set(consumerKey(member), target);
      if (position === 0) return;
      const first = Math.min(...group.requests.map(({ member }) => member.node));
      pending.set(first, [...(pending.get(first) ?? []), { source, target }]);
    });
  };

  for (const { name, tensor } of graph.inputs) addValue(name, tensor, []);
  const steps: LaidOutStep[] = [];
  graph.nodes.forEach(({ name, op }, node) => {
    for (const { source, target } of pending.get(node) ?? []) {
      steps.push(relayoutStep(values, source, target, name, backend));
    }
    const nodeLayouts = layouts[node];
    const inputs = op.inputs.map((_, operand) => substitutes.get(consumerKey({ node, operand })) as number);
    steps.push({ name, op, layouts: nodeLayouts, inputs, output: values.length });
    addValue(name, op.output, [nodeLayouts.output]);
  });
  return { values, steps, valueIndex };
}

function findConsumers(graph: IntegerGraph): Map<string, Consumer[]> {
  const consumers = new Map<string, Consumer[]>();
  graph.nodes.forEach(({ inputs }, node) => {
    inputs.forEach((name, operand) => {
      const known = consumers.get(name);
      if (known === undefined) consumers.set(name, [{ node, operand }]);
      else known.push({ node, operand });
    });
  });
  return consumers;
}

function requestOf(layouts: readonly OperandLayouts[], { node, operand }: Consumer): LayoutRequest {
  return layouts[node]?.inputs[operand];
}

function consumerKey({ node, operand }: Consumer): string {
  return `${node}:${operand}`;
}

function relayoutStep(
  values: readonly LaidOutValue[],
  source: number,
  target: number,
  consumer: string,
  backend: LayoutSource,
): LaidOutStep {
  const { name, tensor } = values[source];
  const op = relayoutOf(tensor);
  return {
    name: `${name} -> ${consumer}`,
    op,
    layouts: backend.layout(op),
    inputs: [source],
    output: target,
  };
}

function relayoutOf(tensor: ActivationSpec): Ops['relayout'] {
  return { op: 'relayout', inputs: [tensor], output: tensor };
}
