import * as tf from '@tensorflow/tfjs-core';
import { applyFunction } from '../../functions/applyFunction.js';
import type { PointwiseFunction } from '../../functions/pointwiseFunction.js';
import type { GraphPart } from './graphPart.js';
import type { GraphAttributes } from './readGraph.js';

const activations: Readonly<Record<string, Omit<GraphPart, 'suffix'>>> = {
  Relu: { operation: { kind: 'activation', activation: 'relu' }, run: ([x]) => [tf.relu(x)] },
  Relu6: { operation: { kind: 'activation', activation: 'relu6' }, run: ([x]) => [tf.relu6(x)] },
  Softmax: { operation: { kind: 'activation', activation: 'softmax' }, run: ([x]) => [tf.softmax(x)] },
};

/** Activations that become tables; a fused leaky ReLU has its slope under another name. */
const functions: Readonly<Record<string, (attributes: GraphAttributes) => PointwiseFunction>> = {
  LeakyRelu: (attributes) => ({
    kind: 'leakyRelu',
    slope: attributes.number('alpha') ?? attributes.number('leakyrelu_alpha') ?? 0.2,
  }),
  Elu: () => ({ kind: 'elu', alpha: 1 }),
  Selu: () => ({ kind: 'selu' }),
  Sigmoid: () => ({ kind: 'sigmoid' }),
  Tanh: () => ({ kind: 'tanh' }),
  Softplus: () => ({ kind: 'softplus' }),
  Softsign: () => ({ kind: 'softsign' }),
};

/** The part of an activation that is an op of its own; undefined where it has no student form. */
export function activationPart(
  op: string,
  attributes: GraphAttributes,
): Omit<GraphPart, 'suffix'> | undefined {
  if (Object.hasOwn(activations, op)) return activations[op];
  if (!Object.hasOwn(functions, op)) return undefined;
  const form = functions[op](attributes);
  return { operation: { kind: 'function', form }, run: ([x]) => [applyFunction(form, x)] };
}

/** Parts of the activations that a converter fused into an op, or why there are none. */
export function activationParts(fused: readonly string[], attributes: GraphAttributes): GraphPart[] | string {
  const parts: GraphPart[] = [];
  for (const op of fused) {
    const part = activationPart(op, attributes);
    if (part === undefined) return `The fused activation ${op} has no integer form.`;
    parts.push({ suffix: '/activation', ...part });
  }
  return parts;
}
