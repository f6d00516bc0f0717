import type * as tf from '@tensorflow/tfjs-core';

/** A tfjs `GraphModel`, by its shape: structural, so that tfjs-converter need not be imported. */
export interface TfjsGraphModel {
  readonly inputs: readonly { readonly name: string; readonly shape?: readonly number[] | undefined }[];
  readonly outputs: readonly { readonly name: string }[];
  /** Constants by the names of their nodes. */
  readonly weights: Readonly<Record<string, readonly tf.Tensor[]>>;
  execute(inputs: Record<string, tf.Tensor>, outputs: string): tf.Tensor | tf.Tensor[];
  save(handler: tf.io.IOHandler): Promise<unknown>;
}

/** Whether a value is a graph model. A layers model can be executed and saved as well, but its weights are a list. */
export function isGraphModel(value: unknown): value is TfjsGraphModel {
  if (typeof value !== 'object' || value === null) return false;
  const model = value as Partial<Record<keyof TfjsGraphModel, unknown>>;
  return (
    typeof model.execute === 'function' &&
    typeof model.save === 'function' &&
    typeof model.weights === 'object' &&
    !Array.isArray(model.weights) &&
    Array.isArray(model.inputs) &&
    Array.isArray(model.outputs)
  );
}
