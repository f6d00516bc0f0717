import type * as tf from '@tensorflow/tfjs-core';
import { hostValues } from '../hostValues.js';
import type { HostWeight } from '../layerParameters.js';
import type { StepFunction } from '../linearStep.js';
import type { TeacherOperation, TeacherParameters } from '../teacher.js';
import type { GraphNode } from './readGraph.js';

/** One teacher node that a graph op becomes. Several of one op take each other's values, in order. */
export interface GraphPart {
  /** Added to the op's name. */
  readonly suffix: '' | '/padding' | '/activation';
  readonly operation: TeacherOperation;
  readonly parameters?: TeacherParameters;
  readonly weights?: readonly HostWeight[];
  readonly run: StepFunction;
}

/** What the conversion of an op may look at. */
export interface GraphScope {
  /** The constant that a node is; undefined for one that is computed. */
  readonly constant: (name: string) => tf.Tensor | undefined;
  /** Shape of a computed value, with the batch axis. */
  readonly shape: (name: string) => readonly number[];
}

/** Says what an op does: its inputs that are values, and its parts; or in words why it has no student form. */
export type GraphConverter = (
  node: GraphNode,
  scope: GraphScope,
) => { readonly inputs: readonly string[]; readonly parts: readonly GraphPart[] } | string;

/** A copy of a constant on the host. */
export function hostWeight(tensor: tf.Tensor): HostWeight {
  return { shape: [...tensor.shape], values: hostValues(tensor) };
}

/** A constant as one value a channel: a scalar, or a vector along the last axis. Null where it is neither. */
export function channelValues(tensor: tf.Tensor, channels: number): Float32Array | null {
  const values = hostValues(tensor);
  if (values.length === 1) return new Float32Array(channels).fill(values[0]);
  return values.length === channels && tensor.shape.at(-1) === channels ? values : null;
}
