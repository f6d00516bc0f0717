import * as tf from '@tensorflow/tfjs-core';
import type { PointwiseFunction } from '../functions/pointwiseFunction.js';
import type { OpenedCall, OpenedNode } from './openedCall.js';

/** Class and op names of a product of two values. */
const products: ReadonlySet<string> = new Set(['Multiply', 'Mul']);

/**
 * Products of a value with a gate that is a function of the same value, as the functions of one value that they are: hard swish, swish, mish.
 *
 * A gate is a hard sigmoid, sigmoid, or tanh of softplus, by whatever layers it is written: `x * (relu6(x + 3) / 6)` too. Its nodes are no
 * longer part of the teacher where nothing else takes them; the product is computed as it was.
 */
export function fuseGates(opened: readonly OpenedCall[], outputs: readonly string[]): OpenedCall[] {
  const nodes = new Map(opened.flatMap((call) => call.nodes).map((node) => [node.node.name, node]));
  const fused = new Map<string, { readonly input: string; readonly form: PointwiseFunction }>();
  const gates = new Set<string>();
  for (const { node } of nodes.values()) {
    const { operation, inputs } = node;
    if (operation.kind !== 'unsupported' || !products.has(operation.className) || inputs.length !== 2)
      continue;
    for (const [input, gate] of [inputs, [...inputs].reverse()]) {
      const chain = chainFrom(input, gate, nodes);
      const form = chain === null ? null : productForm(chain);
      if (chain === null || form === null) continue;
      fused.set(node.name, { input, form });
      for (const part of chain) gates.add(part.node.name);
      break;
    }
  }
  const calls = opened.map((call) => ({
    ...call,
    nodes: call.nodes.map((node) => withFunction(node, fused)),
  }));
  const isDead = deadGates(calls, gates, outputs);
  return calls.map(({ nodes: own, steps }) => ({
    nodes: own.filter(({ node }) => !isDead.has(node.name)),
    steps: steps.map((step) =>
      step.outputs.some((name) => fused.has(name))
        ? { ...step, run: ([a, b]: readonly tf.Tensor[]) => [tf.mul(a, b)] }
        : step,
    ),
  }));
}

function withFunction(
  opened: OpenedNode,
  fused: ReadonlyMap<string, { readonly input: string; readonly form: PointwiseFunction }>,
): OpenedNode {
  const found = fused.get(opened.node.name);
  if (found === undefined) return opened;
  const operation = { kind: 'function', form: found.form } as const;
  return { ...opened, config: null, node: { ...opened.node, operation, inputs: [found.input] } };
}

/** The nodes from a value to a gate, in order, each of one input; null where the gate is not made of it alone. */
function chainFrom(input: string, gate: string, nodes: ReadonlyMap<string, OpenedNode>): OpenedNode[] | null {
  const chain: OpenedNode[] = [];
  for (let name = gate; name !== input;) {
    const opened = nodes.get(name);
    // No gate has more parts than an offset, a limit and a gain.
    if (opened?.node.inputs.length !== 1 || chain.length === 3) return null;
    chain.unshift(opened);
    [name] = opened.node.inputs;
  }
  return chain;
}

/** `x` times a chain of `x`, as a function; null where there is none. */
function productForm(chain: readonly OpenedNode[]): PointwiseFunction | null {
  const kinds = chain.map(({ node: { operation } }) =>
    operation.kind === 'function' ? operation.form.kind : operation.kind,
  );
  if (String(kinds) === 'sigmoid') return { kind: 'swish' };
  if (String(kinds) === 'softplus,tanh') return { kind: 'mish' };
  return hardGate(chain);
}

/** A limited line, as one function or as an offset, a ReLU with a maximum and a gain. */
function hardGate(chain: readonly OpenedNode[]): PointwiseFunction | null {
  const at = chain.findIndex((opened) => limitOf(opened) !== null);
  const limit = at < 0 ? null : limitOf(chain[at]);
  const lines = chain.map(lineOf);
  if (limit === null || lines.some((line, i) => i !== at && line === null) || chain.length > at + 2)
    return null;
  const before = lines.slice(0, at).reduce(compose, identity) ?? identity;
  const { slope: gain, offset: shift } = lines[at + 1] ?? identity;
  // A gate that is shifted or turned over behind its limit is another function.
  if (shift !== 0 || gain <= 0) return null;
  const slope = limit.slope * before.slope * gain;
  const offset = (limit.slope * before.offset + limit.offset) * gain;
  const maximum = limit.maximum * gain;
  const isHardSwish = near(slope, 1 / 6) && near(offset, 1 / 2) && near(maximum, 1);
  return isHardSwish ? { kind: 'hardSwish' } : { kind: 'hardGate', slope, offset, maximum };
}

interface Line {
  readonly slope: number;
  readonly offset: number;
}

const identity: Line = { slope: 1, offset: 0 };

function compose(first: Line | null, second: Line | null): Line | null {
  if (first === null || second === null) return null;
  return { slope: first.slope * second.slope, offset: first.offset * second.slope + second.offset };
}

/** `min(max(slope * x + offset, 0), maximum)`. */
function limitOf({ node: { operation } }: OpenedNode): (Line & { readonly maximum: number }) | null {
  if (operation.kind === 'activation' && operation.activation === 'relu6') return { ...identity, maximum: 6 };
  if (operation.kind !== 'function') return null;
  const { form } = operation;
  if (form.kind === 'clippedRelu') return { ...identity, maximum: form.maximum };
  return form.kind === 'hardSigmoid' ? { slope: form.slope, offset: form.offset, maximum: 1 } : null;
}

/** The same gain and offset for all channels. */
function lineOf({ node: { operation }, parameters: { gain, offset } }: OpenedNode): Line | null {
  if (operation.kind !== 'affine' || gain === undefined || offset === undefined) return null;
  const isOne = (values: Float32Array): boolean => values.every((value) => value === values[0]);
  return isOne(gain) && isOne(offset) ? { slope: gain[0], offset: offset[0] } : null;
}

function near(value: number, wanted: number): boolean {
  return Math.abs(value / wanted - 1) < 1e-6;
}

/** Of nodes that only gates were made of, those that nothing takes. */
function deadGates(
  calls: readonly OpenedCall[],
  gates: ReadonlySet<string>,
  outputs: readonly string[],
): Set<string> {
  const dead = new Set<string>();
  const taken = new Set(outputs);
  for (const { node } of calls.flatMap((call) => call.nodes).reverse()) {
    if (gates.has(node.name) && !taken.has(node.name)) dead.add(node.name);
    else for (const input of node.inputs) taken.add(input);
  }
  return dead;
}
