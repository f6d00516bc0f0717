import type * as tf from '@tensorflow/tfjs-core';

/** What of a tfjs symbolic tensor the tracer reads. */
export interface TfjsSymbolicTensor {
  readonly id: number;
  /** With the batch axis; null where a size is unknown. */
  readonly shape: readonly (number | null)[];
  readonly sourceLayer: TfjsLayer;
  readonly nodeIndex: number;
}

/** One use of a layer in a graph. */
export interface TfjsNode {
  readonly inputTensors: readonly TfjsSymbolicTensor[];
  readonly outputTensors: readonly TfjsSymbolicTensor[];
  readonly callArgs?: unknown;
}

/** What of a tfjs layer the interpreter uses: structural, so that tfjs-layers need not be imported. */
export interface TfjsLayer {
  readonly name: string;
  readonly inboundNodes: readonly TfjsNode[];
  getClassName(): string;
  getConfig(): object;
  getWeights(): tf.Tensor[];
  call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor | tf.Tensor[];
}

/** A tfjs `LayersModel` or `Sequential`, by its shape. */
export interface TfjsLayersModel {
  readonly name: string;
  readonly layers: readonly TfjsLayer[];
  readonly inputs: readonly TfjsSymbolicTensor[];
  readonly outputs: readonly TfjsSymbolicTensor[];
}

/** Whether a value is a layers model (a nested model is one as well). */
export function isLayersModel(value: unknown): value is TfjsLayersModel {
  if (typeof value !== 'object' || value === null) return false;
  const model = value as Partial<Record<keyof TfjsLayersModel, unknown>>;
  return Array.isArray(model.layers) && Array.isArray(model.inputs) && Array.isArray(model.outputs);
}
