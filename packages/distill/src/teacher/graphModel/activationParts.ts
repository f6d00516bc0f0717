import * as tf from '@tensorflow/tfjs-core';
import type { GraphPart } from './graphPart.js';

const activations: Readonly<Record<string, Omit<GraphPart, 'suffix'>>> = {
  Relu: { operation: { kind: 'activation', activation: 'relu' }, run: ([x]) => [tf.relu(x)] },
  Relu6: { operation: { kind: 'activation', activation: 'relu6' }, run: ([x]) => [tf.relu6(x)] },
  Softmax: { operation: { kind: 'activation', activation: 'softmax' }, run: ([x]) => [tf.softmax(x)] },
};

/** The part of an activation that is an op of its own; undefined where it has no student form. */
export function activationPart(op: string): Omit<GraphPart, 'suffix'> | undefined {
  return Object.hasOwn(activations, op) ? activations[op] : undefined;
}

/** Parts of the activations that a converter fused into an op, or why there are none. */
export function activationParts(fused: readonly string[]): GraphPart[] | string {
  const unknown = fused.find((op) => activationPart(op) === undefined);
  if (unknown !== undefined) return `The fused activation ${unknown} has no integer form.`;
  return fused.map((op) => ({ suffix: '/activation', ...(activationPart(op) as Omit<GraphPart, 'suffix'>) }));
}
